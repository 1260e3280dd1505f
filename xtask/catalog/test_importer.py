"""What the importer makes of small packages, and that it says so when it does not understand something."""

import contextlib
import importlib
import json
import pathlib
import tempfile
import unittest
import zipfile

from archive import Package, licence_of
from facts import NotUnderstood, Report, line

HUAWEI_CLIENT = '''
class EchoClient(Client):
    @classmethod
    def new_builder(cls, clazz=None):
        client_builder = ClientBuilder(cls, "GlobalCredentials")
        return client_builder

    def say(self, request):
        warnings.warn("Method 'say' of EchoClient is deprecated", DeprecationWarning)
        http_info = self._say_http_info(request)
        return self._call_api(**http_info)

    @classmethod
    def _say_http_info(cls, request):
        http_info = {"method": "GET", "resource_path": "/v1/{project_id}/{word}", "response_type": "SayResponse"}
        query_params = []
        if 'word' in local_var_params:
            path_params['word'] = local_var_params['word']
        if 'tag' in local_var_params:
            query_params.append(('tag', local_var_params['tag']))
            collection_formats['tag'] = 'multi'
        %s
        response_headers = ["X-request-id"]
        header_params['Content-Type'] = http_utils.select_header_content_type(['application/json'])
        auth_settings = []
        return http_info
'''

HUAWEI_MODELS = '''
class SayRequest:
    sensitive_list = []
    sensitive_list.append('word')
    openapi_types = {'word': 'str', 'tag': 'list[str]'}
    attribute_map = {'word': 'word', 'tag': 'tag'}
    def __init__(self, word=None, tag=None):
        self._word = None
        self._tag = None
        self.word = word
        if tag is not None:
            self.tag = tag

class SayResponse(SdkResponse):
    sensitive_list = []
    openapi_types = {'x_request_id': 'str', 'body': 'list[Kind]'}
    attribute_map = {'x_request_id': 'X-request-id', 'body': 'body'}

class Kind:
    LOUD = "loud"
    sensitive_list = []
    openapi_types = {}
    attribute_map = {}

class Unused:
    sensitive_list = []
    openapi_types = {}
    attribute_map = {}
'''

TENCENT_CLIENT = '''
class EchoClient(AbstractClient):
    _apiVersion = '2020-01-01'
    _endpoint = 'echo.tencentcloudapi.com'
    _service = 'echo'

    def Say(self, request):
        """Says."""
        try:
            params = request._serialize()
            %s
        except Exception as e:
            raise
'''

ALIBABA_CLIENT = '''
class Client(OpenApiClient):
    def __init__(self, config):
        super().__init__(config)
        self._endpoint_rule = 'regional'
        self._endpoint_map = {'cn-hangzhou': 'echo.aliyuncs.com\\t'}
        self.check_config(config)
        self._endpoint = self.get_endpoint('echo', self._region_id, self._endpoint_rule)

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
'''

ALIBABA_MODELS = '''
class SayRequest(DaraModel):
    def __init__(self, words: List[str] = None):
        # The words.
        #
        # This parameter is required.
        self.words = words
    def from_map(self, m: dict = None):
        if m.get('Words') is not None:
            self.words = m.get('Words')

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
'''


class Importer(unittest.TestCase):
    def read(self, cloud, packages):
        """The records of all versions and the problems."""
        report = Report()
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            opened = {}
            for name, files in packages.items():
                path = folder / f"{name}.whl"
                with zipfile.ZipFile(path, "w") as archive:
                    for file, text in files.items():
                        archive.writestr(file, text)
                opened[name] = Package(path, name, "1.0")
            versions = importlib.import_module(cloud).versions(opened, lambda *_: True, report)
            records = [record for version in versions for record in version.lines()]
            for package in opened.values():
                package.close()
        return records, report.problems

    def huawei(self, statement):
        client, model = "huaweicloudsdkecho/v1/echo_client.py", "huaweicloudsdkecho/v1/model/all.py"
        return self.read("huawei", {"huaweicloudsdkecho": {client: HUAWEI_CLIENT % statement, model: HUAWEI_MODELS}})

    def test_huawei(self):
        records, problems = self.huawei("cname = None")
        self.assertEqual(problems, [])
        self.assertEqual(
            records,
            [
                "S1\thuawei\techo\tv1\tv1\t\trest\t\tGlobalCredentials",
                "Khuaweicloudsdkecho\t1.0",
                "OSay\tGET\t/v1/{project_id}/{word}\t\tapplication/json\t\t\t[#Kind]\tdr",
                "Ppword\ts\trs",
                "Pqtag\t[s]\t\tmulti",
                "HX-request-id\ts",
                'EKind\ts\t"loud"',
            ],
        )

    def test_huawei_names_what_it_does_not_know(self):
        _, problems = self.huawei("surprise = 1")
        self.assertEqual(problems, ["huawei echo v1: _say_http_info: NotUnderstood('surprise = 1')"])

    def tencent(self, statement, kind="string"):
        member = {"name": "Word", "type": "list", "member": kind, "required": True, "disabled": False}
        api = {
            "metadata": {"apiVersion": "2020-01-01"},
            "actions": {"Say": {"input": "SayRequest", "output": "SayResponse", "status": "deprecated"}},
            "objects": {"SayRequest": {"members": [member]}, "SayResponse": {"members": []}},
        }
        return self.read(
            "tencent",
            {
                "tccli": {"tccli/services/echo/v20200101/api.json": json.dumps(api)},
                "tencentcloud-sdk-python": {"tencentcloud/echo/v20200101/echo_client.py": TENCENT_CLIENT % statement},
            },
        )

    def test_tencent(self):
        statement = "return self._call_and_deserialize('Say', params, models.SayResponse, headers=request.headers)"
        records, problems = self.tencent(statement)
        self.assertEqual(problems, [])
        self.assertEqual(
            records[3:],
            [
                "Rdefault\techo.tencentcloudapi.com",
                "OSay\tPOST\t/\t\t\t\t#SayRequest\t#SayResponse\tde",
                "TSayRequest",
                "FWord\t[s]\tr",
                "TSayResponse",
            ],
        )

    def test_tencent_names_what_it_does_not_know(self):
        _, problems = self.tencent("return self.shout(params)")
        self.assertEqual(len(problems), 1)
        self.assertIn("Say: return self.shout(params)", problems[0])
        with self.assertRaises(NotUnderstood):
            self.tencent("return model", "NoSuchObject")

    def alibaba(self, statement):
        folder = "alibabacloud_echo20200101"
        files = {f"{folder}/client.py": ALIBABA_CLIENT % statement, f"{folder}/models.py": ALIBABA_MODELS}
        return self.read("alibaba", {"alibabacloud-echo20200101": files})

    def test_alibaba(self):
        records, problems = self.alibaba("body = {}")
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

    def test_alibaba_names_what_it_does_not_know(self):
        _, problems = self.alibaba("query.update(extra)")
        self.assertEqual(problems, ["alibaba echo 20200101 say_with_options: NotUnderstood: query.update(extra)"])

    def test_records_hold_no_control_characters(self):
        with self.assertRaises(NotUnderstood):
            line("F", "a\tb")
        self.assertEqual(line("F", "a", "s", ""), "Fa\ts")

    def test_licences(self):
        self.assertEqual(licence_of("Name: x\nLicense: Apache-2.0\n\nLicense: no"), "Apache-2.0")
        self.assertEqual(licence_of("Name: x\n"), "")


if __name__ == "__main__":
    unittest.main()
