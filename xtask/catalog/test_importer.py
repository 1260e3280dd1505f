"""What the importer makes of small packages, and that it says so when it does not understand something."""

import json
import unittest

from archive import licence_of
from facts import NotUnderstood, line
from imported import read

HUAWEI_CLIENT = '''
from huaweicloudsdkcore.client import Client
try:
    from huaweicloudsdkcore.invoker import SyncInvoker
except ImportError as e:
    warnings.warn(str(e))

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

# A file of helpers around the client; it has no operations.
HUAWEI_WRAPPER = '''
LIMIT = 2

class MoreEchoClient(EchoClient):
    pass
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
        self.discriminator = 'word'
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

class Importer(unittest.TestCase):
    def huawei(self, statement):
        client, model = "huaweicloudsdkecho/v1/echo_client.py", "huaweicloudsdkecho/v1/model/all.py"
        wrapper = "huaweicloudsdkecho/v1/more_echo_client.py"
        files = {client: HUAWEI_CLIENT % statement, model: HUAWEI_MODELS, wrapper: HUAWEI_WRAPPER}
        return read("huawei", {"huaweicloudsdkecho": files})[:2]

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

    def test_huawei_mappings(self):
        statements = "if 'word' in local_var_params:\n            header_params['X-Word'] = local_var_params['word']"
        self.assertIn("PhX-Word\ts\trs", self.huawei(statements)[0])
        statements = "if 'word' in local_var_params:\n            cname = local_var_params['word']"
        self.assertIn("PHword\ts\trs", self.huawei(statements)[0])
        statements = "if 'tag' in local_var_params:\n            body = local_var_params['tag']"
        self.assertIn("OSay\tGET\t/v1/{project_id}/{word}\t\tapplication/json\t\t[s]\t[#Kind]\tdr", self.huawei(statements)[0])

    def test_huawei_attribute_that_is_not_there(self):
        """A defect that some packages have: noted, and its style does not reach the parameter before."""
        statements = (
            "if 'no' in local_var_params:\n            query_params.append(('no', local_var_params['no']))\n"
            "            collection_formats['no'] = 'csv'"
        )
        client = {"huaweicloudsdkecho/v1/echo_client.py": HUAWEI_CLIENT % statements}
        models = {"huaweicloudsdkecho/v1/model/all.py": HUAWEI_MODELS}
        records, problems, notes = read("huawei", {"huaweicloudsdkecho": client | models})
        self.assertEqual((problems, notes), ([], ["huawei echo v1 Say: query `no`: no attribute `no`, left out"]))
        self.assertIn("Pqtag\t[s]\t\tmulti", records)

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
        return read(
            "tencent",
            {
                "tccli": {"tccli/services/echo/v20200101/api.json": json.dumps(api)},
                "tencentcloud-sdk-python": {"tencentcloud/echo/v20200101/echo_client.py": TENCENT_CLIENT % statement},
            },
        )[:2]

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

    def test_tencent_ways_of_sending(self):
        host = "options = {'Endpoint': '%%s://up.tencentcloudapi.com' %% self.profile.httpProfile.scheme}"
        parts = "options = {'IsMultipart': True, 'BinaryParams': ['Word']}"
        raw = "response = self.call_octet_stream('Say', params, body)"
        for statement, flags, rare in [
            (host.replace("%%", "%"), "d", '{"endpoint":"up.tencentcloudapi.com"}'),
            (parts, "d", '{"multipart":["Word"]}'),
            (raw, "dO", ""),
        ]:
            records, problems = self.tencent(statement)
            self.assertEqual(problems, [])
            self.assertEqual(records[4], f"OSay\tPOST\t/\t\t\t\t#SayRequest\t#SayResponse\t{flags}\t{rare}".rstrip("\t"))

    def test_records_hold_no_control_characters(self):
        with self.assertRaises(NotUnderstood):
            line("F", "a\tb")
        self.assertEqual(line("F", "a", "s", ""), "Fa\ts")

    def test_licences(self):
        self.assertEqual(licence_of("Name: x\nLicense: Apache-2.0\n\nLicense: no"), "Apache-2.0")
        self.assertEqual(licence_of("Name: x\n"), "")


if __name__ == "__main__":
    unittest.main()
