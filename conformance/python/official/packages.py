"""The vendors' packages, from the importer's cache, one at a time on the path."""

import contextlib
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import pathlib
import re
import shutil
import sys
import tarfile
import zipfile

FILE = re.compile(r"(?P<name>.+?)-(?P<release>\d[^-]*)(-py\S*\.whl|\.tar\.gz|\.zip)")


class Missing(Exception):
    """A package is neither in the cache nor installed."""


def plain(name):
    """Package names are equal whatever their separators and case."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Packages:
    """Finds packages and puts the one that is needed on the path."""

    def __init__(self, cache, scratch):
        self.scratch = pathlib.Path(scratch)
        self.files, self.present, self.before = {}, None, None
        for path in pathlib.Path(cache).glob("*"):
            found = FILE.fullmatch(path.name)
            if found:
                self.files[plain(found["name"]), found["release"]] = path
        # Byte code is kept beside the unpacked files: most of the time goes into compiling.
        sys.dont_write_bytecode = False
        sys.meta_path.append(Absent())

    @contextlib.contextmanager
    def of(self, case):
        """The package of a case can be imported inside."""
        wanted = (case["package"], case["release"], case["unpack"])
        if wanted != self.present:
            self.forget()
            self.remember(case, wanted)
        yield

    def remember(self, case, wanted):
        file = self.files.get((plain(case["package"]), case["release"]))
        self.before = set(sys.modules)
        if file is not None:
            folder = self.unpacked(file, case["unpack"])
            sys.path.insert(0, str(folder))
            extend_shared(folder)
        elif not is_installed(case):
            raise Missing(f"{case['package']} {case['release']}")
        self.present = wanted

    def forget(self):
        """Modules of a thousand classes each would fill the memory."""
        if self.present is None:
            return
        for name in set(sys.modules) - self.before:
            if name.startswith(("huaweicloudsdk", "tencentcloud.", "alibabacloud_")) and not is_core(name):
                del sys.modules[name]
        sys.path[:] = [path for path in sys.path if not path.startswith(str(self.scratch))]
        importlib.invalidate_caches()
        self.present = None

    def unpacked(self, file, prefix):
        """The folder with the files of a package whose path begins with `prefix`."""
        folder = self.scratch / f"{file.name}.{prefix.strip('/').replace('/', '.')}"
        if not folder.exists():
            part = folder.with_name(folder.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            unpack(file, part, prefix)
            part.rename(folder)
        return folder


def is_core(name):
    """What the pinned environment has stays loaded; so does every module that stands in for an absent one."""
    core = ("huaweicloudsdkcore", "tencentcloud.common", "alibabacloud_tea", "alibabacloud_openapi_util",
            "alibabacloud_endpoint_util", "alibabacloud_credentials", "alibabacloud_darabonba", "alibabacloud_gateway")
    return name.startswith(core)


def unpack(file, folder, prefix):
    if file.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(file) as archive:
            members = [name for name in archive.namelist() if name.startswith(prefix) and name.endswith(".py")]
            archive.extractall(folder, members)
        return
    with tarfile.open(file) as archive:
        for member in archive.getmembers():
            # Below the folder that is named like the file.
            path = member.name.partition("/")[2]
            if member.isfile() and path.startswith(prefix) and path.endswith(".py"):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())


def extend_shared(folder):
    """Tencent's packages share one top-level package with the core, which is installed."""
    shared = folder / "tencentcloud"
    if shared.exists():
        import tencentcloud
        tencentcloud.__path__[:] = [str(shared)] + [path for path in tencentcloud.__path__ if "site-packages" in path]


def is_installed(case):
    """Whether this environment has the package of a case, in its release; a part of Tencent's may be an older one."""
    try:
        release = importlib.metadata.version(case["installed"])
    except importlib.metadata.PackageNotFoundError:
        return False
    return release == case["release"] or case["installed"] != case["package"]


class Absent:
    """Stands in for packages that no operation here needs: gateways and upload helpers of a few Alibaba products."""

    PREFIXES = ("alibabacloud_gateway_", "alibabacloud_oss_", "alibabacloud_openplatform", "alibabacloud_rpc_util",
                "alibabacloud_tea_rpc", "alibabacloud_dara")

    def find_spec(self, name, _path=None, _target=None):
        if name.startswith(self.PREFIXES):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, _spec):
        return None

    def exec_module(self, module):
        module.__getattr__ = lambda name: type(name, (), {"__init__": lambda self, *args, **kwargs: None})
