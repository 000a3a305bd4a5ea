"""The events that may be entered by hand for a deal and month, and that a trigger may wait for.

The list is that of a Chinese ABS valuation vendor (guideline, A.2), without its `fbb`: the call of the
pool is `clean_up_call` here, and it is exercised, not only noted.
"""

from collections.abc import Mapping

CLEAN_UP_CALL = "clean_up_call"
"""The servicer buys the pool on the month's payment date, where the terms allow it."""

EVENTS: Mapping[str, tuple[str, str]] = {
    "eoaa": ("加速清偿事件", "event of accelerated amortisation"),
    "eod": ("违约事件", "event of default"),
    "eoce": ("强制执行", "compulsory enforcement"),
    "pre_amort": ("提前摊还", "early amortisation"),
    "pre_term": ("提前终止", "early termination"),
    "etrp": ("提前结束循环期", "early end of the revolving period"),
    "repur": ("循环购买", "continued purchase"),
    "liq_support": ("流动性支持触发", "liquidity support called on"),
    "diff_pay": ("差额支付启动", "shortfall payment called on"),
    "guarantee": ("担保启动", "guarantee called on"),
    "trustee_warn": ("信托预警", "warning by the trustee"),
    "right_complete": ("权利完善事件", "perfection of rights"),
    "early_collect": ("加速归集", "faster transfer of collections"),
    "server_dismiss": ("资产服务机构解任", "dismissal of the servicer"),
    "trust_dismiss": ("受托机构解任", "dismissal of the trustee"),
    "keeper_dismiss": ("资金保管机构解任", "dismissal of the custodian"),
    "loss_ability": ("丧失清偿能力", "insolvency"),
    "harmful_event": ("重大不利影响", "material adverse effect"),
    "rank_change": ("评级变化", "rating change"),
    "trust_term": ("信托终止", "termination of the trust"),
    CLEAN_UP_CALL: ("清仓回购", "clean-up call"),
}
"""Each code with what it says in Chinese and English."""
