from reviewapp.engines.acs3.signing import Credentials
from reviewapp.engines.aliyun.engine import Account, AliyunEngine

__all__ = ["Account", "AliyunEngine", "Credentials"]
