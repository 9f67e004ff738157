from reviewapp.engines.aliyun.engine import Account, AliyunEngine
from reviewapp.engines.aliyun.signing import Credentials

__all__ = ["Account", "AliyunEngine", "Credentials"]
