"""Every form of statement that packages of Alibaba Cloud have, old and new."""

import unittest

from imported import read

HEAD = '''
from alibabacloud_tea_openapi.client import Client as OpenApiClient

class Client(OpenApiClient):
    """
    """

    def __init__(self, config):
        super().__init__(config)
        self._endpoint_rule = 'regional'
        self._endpoint_map = {'cn-hangzhou': 'echo.aliyuncs.com\\t'}
        self.check_config(config)
        self._endpoint = self.get_endpoint('echo', self._region_id, self._endpoint_rule)
'''

# The usual method; more statements go where it says so.
SAY = '''
    def say_with_options(self, tmp_req: main_models.SayRequest, runtime: RuntimeOptions) -> main_models.SayResponse:
        tmp_req.validate()
        request = main_models.SayShrinkRequest()
        Utils.convert(tmp_req, request)
        if not DaraCore.is_null(tmp_req.words):
            request.words_shrink = Utils.array_to_string_with_specified_style(tmp_req.words, 'Words', 'json')
        query = {}
        if not DaraCore.is_null(request.words_shrink):
            query['Words'] = request.words_shrink
        %s
        req = open_api_util_models.OpenApiRequest(query = Utils.query(query))
        params = open_api_util_models.Params(action = 'Say', version = '2020-01-01', protocol = 'HTTPS', pathname = '/',
            method = 'POST', auth_type = 'AK', style = 'RPC', req_body_type = 'formData', body_type = 'json')
        return DaraCore.from_map(main_models.SayResponse(), self.call_api(params, req, runtime))

    async def say_with_options_async(self, request, runtime):
        what is asynchronous is not even parsed

    def say(self, request: main_models.SayRequest) -> main_models.SayResponse:
        runtime = RuntimeOptions()
        return self.say_with_options(request, runtime)
'''

# A method with a path; its request, headers and ending are filled in.
SING = '''
    def sing_with_options(self, song: str, request: main_models.SingRequest, %(headers)s, runtime) -> main_models.%(answer)s:
        UtilClient.validate_model(request)
        %(statements)s
        req = open_api_models.OpenApiRequest(%(request)s)
        params = open_api_models.Params(action='Sing', version='2020-01-01', protocol='HTTPS',
            pathname=f'/songs/{OpenApiUtilClient.get_encode_param(song)}', method='PUT', auth_type='AK', style='ROA',
            req_body_type='json', body_type='json')
        %(send)s
'''

MODELS = '''
try:
    from typing import List, Dict
except ImportError:
    pass

class SayRequest(DaraModel):
    def __init__(self, words: List[str] = None, tone: main_models.Tone_ = None):
        # The words.
        #
        # This parameter is required.
        self.words = words
        self.tone = tone

    def to_map(self):
        what is not needed is not parsed

    def from_map(self, m: dict = None):
        if m.get('Words') is not None:
            self.words = m.get('Words')
        if m.get('Tone') is not None:
            temp_model = main_models.Tone_()
            self.tone = temp_model.from_map(m.get('Tone'))

class Tone(DaraModel):
    def __init__(self, overtones: List['Tone'] = None):
        self.overtones = overtones

    def from_map(self, m: dict = None):
        self.overtones = []
        if m.get('Overtones') is not None:
            for k in m.get('Overtones'):
                temp_model = Tone()
                self.overtones.append(temp_model.from_map(k))

class SayResponseBody(DaraModel):
    def __init__(self, request_id: str = None):
        self.request_id = request_id

    def from_map(self, m: dict = None):
        if m.get('RequestId') is not None:
            self.request_id = m.get('RequestId')

class SayResponse(DaraModel):
    def __init__(self, headers: Dict[str, str] = None, body: main_models.SayResponseBody = None):
        self.headers = headers
        self.body = body

    def from_map(self, m: dict = None):
        if m.get('headers') is not None:
            self.headers = m.get('headers')
        if m.get('body') is not None:
            temp_model = main_models.SayResponseBody()
            self.body = temp_model.from_map(m.get('body'))

class SayAdvanceRequest(DaraModel):
    def __init__(self, words_object: BinaryIO = None):
        self.words_object = words_object

    def from_map(self, m: dict = None):
        if m.get('WordsObject') is not None:
            self.words_object = m.get('WordsObject')

class SingRequest(TeaModel):
    def __init__(self, page=None, voices=None):
        self.page = page  # type: int
        self.voices = voices      # type: List[Tone]

    def validate(self):
        self.validate_required(self.page, 'page')

    def from_map(self, map={}):
        if map.get('page') is not None:
            self.page = map.get('page')
        if map.get('voices') is not None:
            self.voices = map.get('voices')

class SingHeaders(TeaModel):
    def __init__(self, common_headers: Dict[str, str] = None, context: Dict[str, Any] = None):
        self.common_headers = common_headers
        self.context = context

    def from_map(self, m: dict = None):
        if m.get('commonHeaders') is not None:
            self.common_headers = m.get('commonHeaders')
        if m.get('Context') is not None:
            self.context = m.get('Context')

class ListenResponse(DaraModel):
    def __init__(self, headers: Dict[str, str] = None, web_socket_client: WebSocketClient = None):
        self.headers = headers
        self.web_socket_client = web_socket_client

    def from_map(self, m: dict = None):
        if m.get('headers') is not None:
            self.headers = m.get('headers')
        if m.get('webSocketClient') is not None:
            self.web_socket_client = m.get('webSocketClient')

class StreamResponse(DaraModel):
    def __init__(self, body: BinaryIO = None):
        self.body = body

    def from_map(self, m: dict = None):
        if m.get('body') is not None:
            self.body = m.get('body')
'''

UPLOAD = '''
    def say_advance(self, request: main_models.SayAdvanceRequest, runtime: RuntimeOptions) -> main_models.SayResponse:
        auth_params = open_api_util_models.Params(action = 'AuthorizeFileUpload')
        return self.say_with_options(say_req, runtime)
'''


class Alibaba(unittest.TestCase):
    def read(self, methods):
        folder = "alibabacloud_echo20200101"
        files = {f"{folder}/client.py": HEAD + methods, f"{folder}/models.py": MODELS}
        return read("alibaba", {"alibabacloud-echo20200101": files})

    def records(self, methods):
        records, problems, _ = self.read(methods)
        self.assertEqual(problems, [])
        return records[3:]  # without head, package and region

    def sing(self, headers="headers: Dict[str, str]", statements="pass", request="", answer="SayResponse", send=None):
        send = send or "return TeaCore.from_map(main_models.SayResponse(), self.call_api(params, req, runtime))"
        statements = "query = {}" if statements == "pass" else statements
        return self.records(SING % {**locals()})

    def test_whole_package(self):
        records, problems, _ = self.read(SAY % "body = {}")
        self.assertEqual(problems, [])
        self.assertEqual(
            records,
            [
                "S1\talibaba\techo\t20200101\t2020-01-01\techo\tacs3\tregional",
                "Kalibabacloud-echo20200101\t1.0",
                "Rcn-hangzhou\techo.aliyuncs.com",
                "OSay\tPOST\t/\tRPC\tformData\tjson\t\t#SayResponseBody",
                "PqWords\t[s]\tr\tjson",
                "TSayResponseBody",
                "FRequestId\ts",
            ],
        )

    def test_what_is_not_known_is_named(self):
        records, problems, _ = self.read(SAY % "query.update(extra)")
        self.assertEqual(problems, ["alibaba echo 20200101 say_with_options: NotUnderstood: query.update(extra)"])
        self.assertEqual(len(records), 3)

    def test_class_around_and_class_with_underscore(self):
        records = self.records(SAY % "query['Tone'] = request.tone")
        self.assertIn("PqTone\t#Tone", records)
        self.assertIn("FOvertones\t[#Tone]", records)

    def test_flat_body(self):
        statements = "body_flat = {}\n        body_flat['Tone'] = request.tone\n        body = {**body, **Utils.query(body_flat)}"
        self.assertIn("PbTone\t#Tone\t\tflat", self.records(SAY % statements))

    def test_upload(self):
        records = self.records(SAY % "body = {}" + UPLOAD)
        self.assertEqual(records[0], 'OSay\tPOST\t/\tRPC\tformData\tjson\t\t#SayResponseBody\t\t{"upload":["Words"]}')

    def test_path_and_whole_body(self):
        """Also the types in comments, and the names of a map called `map`, of the oldest packages."""
        records = self.sing(request="headers=headers, body=UtilClient.to_map(request)")
        self.assertEqual(
            records[:4],
            [
                "OSing\tPUT\t/songs/{song}\tROA\tjson\tjson\t\t#SayResponseBody",
                "Ppsong\ts\tr",
                "Pbpage\ti\tr",
                "Pbvoices\t[#Tone]",
            ],
        )

    def test_what_is_sent_twice_is_listed_once(self):
        statements = "query = {}\n        query['page'] = request.page"
        request = "query=OpenApiUtilClient.query(query), body=UtilClient.to_map(request)"
        records = self.sing(statements=statements, request=request)
        self.assertEqual(records[2:4], ["Pqpage\ti\tr", "Pbvoices\t[#Tone]"])

    def test_whole_query_in_a_statement_of_its_own(self):
        for statement in ("query = OpenApiUtilClient.query(UtilClient.to_map(request))", "query = Utils.query(request.to_map())"):
            self.assertIn("Pqpage\ti\tr", self.sing(statements=statement, request="query=query"))

    def test_one_field_is_the_body(self):
        body = "OSing\tPUT\t/songs/{song}\tROA\tjson\tjson\t[#Tone]\t#SayResponseBody"
        statements = "body = None\n        if not UtilClient.is_unset(request.voices):\n            body = request.voices"
        self.assertEqual(self.sing(statements=statements, request="body=body")[0], body)
        self.assertEqual(self.sing(request="body=UtilClient.to_array(request.voices)")[0], body)
        records = self.sing(request="body=request.page, stream=request.page")
        self.assertEqual(
            records[0],
            'OSing\tPUT\t/songs/{song}\tROA\tjson\tjson\ti\t#SayResponseBody\tR\t{"stream_request":"page"}',
        )

    def test_headers(self):
        plain = (
            "real_headers = {}\n        if not UtilClient.is_unset(headers.common_headers):\n"
            "            real_headers = headers.common_headers\n"
            "        real_headers['Context'] = UtilClient.to_jsonstring(headers.context)"
        )
        records = self.sing("headers: main_models.SingHeaders", plain, "headers=real_headers")
        self.assertIn("PhContext\t{j}", records)
        shrunk = (
            "headers = main_models.SingShrinkHeaders()\n        Utils.convert(tmp_header, headers)\n"
            "        headers.context_shrink = Utils.array_to_string_with_specified_style(tmp_header.context, 'Context', 'json')\n"
            "        real_headers = {}\n        real_headers['Context'] = DaraCore.to_json_string(headers.context_shrink)"
        )
        records = self.sing("tmp_header: main_models.SingHeaders", shrunk, "headers=real_headers")
        self.assertIn("PhContext\t{j}\t\tjson", records)

    def test_structure_turned_into_a_dictionary_first(self):
        method = (SAY % "body = {}").replace("style(tmp_req.words,", "style(TeaCore.to_map(tmp_req.words),")
        self.assertIn("PqWords\t[s]\tr\tjson", self.records(method))

    def test_two_ways_by_signature(self):
        send = (
            "if UtilClient.is_unset(self._signature_version) or not UtilClient.equal_string(self._signature_version, 'v4'):\n"
            "            return TeaCore.from_map(main_models.SayResponse(), self.call_api(params, req, runtime))\n"
            "        else:\n"
            "            return TeaCore.from_map(main_models.SayResponse(), self.execute(params, req, runtime))"
        )
        self.assertEqual(self.sing(send=send)[0], "OSing\tPUT\t/songs/{song}\tROA\tjson\tjson\t\t#SayResponseBody")

    def test_gateway_and_events(self):
        send = "return TeaCore.from_map(main_models.SayResponse(), self.execute(params, req, runtime))"
        self.assertTrue(self.sing(send=send)[0].endswith("\tg"))
        send = "sse_resp = self.call_sseapi(params, req, runtime)\n        for resp in sse_resp:\n            yield resp"
        self.assertTrue(self.sing(send=send)[0].endswith("\te"))

    def test_stream_and_web_socket(self):
        send = (
            "res = main_models.StreamResponse()\n        tmp = self.call_api(params, req, runtime)\n"
            "        if not UtilClient.is_unset(tmp.get('body')):\n            res.body = tmp.get('body')\n        return res"
        )
        for answer in ("StreamResponse", "ListenResponse"):
            records = self.sing(answer=answer, send=send)
            self.assertEqual(records[0], "OSing\tPUT\t/songs/{song}\tROA\tjson\tjson\t\t\tS")

    def test_older_calls(self):
        method = (
            "\n    def sing_with_options(self, song, request, headers, runtime):\n"
            "        UtilClient.validate_model(request)\n"
            "        body = {}\n        body['page'] = request.page\n"
            "        req = open_api_models.OpenApiRequest(headers=headers, body=OpenApiUtilClient.parse_to_map(body))\n"
            "        return main_models.SayResponse().from_map(self.%s)\n"
        )
        for call, record in [
            (
                "do_roarequest('Say', '2020-01-01', 'HTTPS', 'POST', 'AK', '/songs/%s' % song, 'json', req, runtime)",
                "OSay\tPOST\t/songs/{song}\tROA\tjson\tjson\t\t#SayResponseBody",
            ),
            (
                "do_rpcrequest('Say', '2020-01-01', 'HTTP', 'GET', 'Anonymous', 'json', req, runtime)",
                'OSay\tGET\t/\tRPC\tformData\tjson\t\t#SayResponseBody\t\t{"scheme":"HTTP","auth":"Anonymous"}',
            ),
        ]:
            records = self.records((method % call).replace("request.page", "request.words"))
            self.assertEqual(records[0], record)
            self.assertIn("Pbpage\t[s]\tr", records)

    def test_oldest_form_is_left_out_with_a_note(self):
        method = "\n    def sing(self, request, runtime):\n        return self.do_request('Sing', 'HTTPS', request)\n"
        records, problems, notes = self.read(method)
        self.assertEqual((len(records), problems), (3, []))
        self.assertEqual(notes, ["alibaba echo 20200101 sing: an operation of the oldest form, left out"])

    def test_deprecated(self):
        records = self.records((SAY % "body = {}").replace("        tmp_req.validate()", '        """@deprecated"""'))
        self.assertTrue(records[0].endswith("#SayResponseBody\td"))


if __name__ == "__main__":
    unittest.main()
