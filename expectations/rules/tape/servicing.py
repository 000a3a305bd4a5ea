"""Rules on how a loan is serviced: what is advanced on it, how it was modified, and demands to take it back.

Their columns are optional, and are empty in most tapes: what a tape does not say fails nothing.
"""

from expectations.rule import Rule
from expectations.rules.tape.codes import COLUMNS
from expectations.rules.tape.row import of_family, row_rule, texts

# Between the codes of a cell that may hold several.
JOINT = ", "


def servicing_field_rules() -> tuple[Rule, ...]:
    """On one cell: its codes and its range."""
    return of_family(
        "field",
        (
            _codes_rule(
                "advance_method_code_unknown",
                "servicer_advance_method_code",
                "垫付方式代码",
                "the code of what the servicer advances",
                "CMBS UBS 2017-C1: code 1 is scheduled interest and principal, of auto loans no advance",
            ),
            _codes_rule(
                "modification_code_unknown",
                "modification_codes",
                "变更类型代码",
                "each kind of a modification",
                "CMBS UBS 2017-C1: a code as a list of its digits, `9,8` in 170 rows and `1,0` in 68",
            ),
            _codes_rule(
                "demand_status_code_unknown",
                "demand_status_code",
                "赎回要求状态代码",
                "the status of a demand for repurchase",
                "reasoning: the lists of the classes of ABS-EE differ, and 98 is not in all of them",
            ),
            _codes_rule(
                "repurchase_reason_code_unknown",
                "repurchase_reason_codes",
                "赎回原因代码",
                "each reason of a repurchase",
                "reasoning: an item that may stand several times, with 98 and 99 beside its codes",
            ),
            row_rule(
                "extended_months_out_of_range",
                "warn",
                "coalesce(extended_months not between 0 and 12, false)",
                "一个月内展期应为0至12个月",
                "payments are extended by 0 to 12 months in a month",
                "Ally: 9 of 3,513 loans of May 2017 had payments extended, each by 1",
            ),
        ),
    )


def servicing_rules() -> tuple[Rule, ...]:
    """On the cells of a row against each other."""
    return of_family("cross_field", (*_advance_rules(), *_demand_rules()))


def _advance_rules() -> tuple[Rule, ...]:
    return (
        row_rule(
            "advance_without_balance",
            "warn",
            "coalesce(closing_balance <= 0 "
            "and (servicer_advance_amount > 0 or servicer_advance_balance > 0), false)",
            "无余额的贷款不应有垫付款",
            "on a loan with nothing owed nothing is advanced, and no advance is outstanding",
            "CMBS UBS 2017-C1: advances outstanding in 561 rows of 47 loans, in none without a balance",
        ),
        row_rule(
            "advance_against_method",
            "warn",
            "coalesce(servicer_advance_method_code = 'no_advance' "
            "and (servicer_advance_amount <> 0 or servicer_advance_balance <> 0), false)",
            "服务机构不垫付的贷款不应有垫付款",
            "on a loan of a servicer that makes no advances nothing is advanced",
            "Ally: no advance in all 20,308 rows of six months",
        ),
        row_rule(
            "modification_not_marked",
            "warn",
            "modification_codes is not null and not coalesce(is_renegotiated, false)",
            "有变更类型的贷款应标为展期或重组",
            "a loan with a kind of modification is marked as renegotiated",
            "CMBS UBS 2017-C1: all 246 rows with a code are marked",
        ),
    )


def _demand_rules() -> tuple[Rule, ...]:
    return (
        row_rule(
            "demand_status_alone",
            "warn",
            "coalesce((demand_status_code is not null or demand_resolution_date is not null) "
            "and not is_repurchase_demanded, false)",
            "未被要求赎回的贷款不应有赎回要求状态或了结日期",
            "a loan that no demand for repurchase was made of has no status or resolution of one",
            "CMBS UBS 2017-C1: no demand in 5,862 rows, and a status in none of them",
        ),
        row_rule(
            "demand_resolution_missing",
            "warn",
            "coalesce(demand_resolution_date is null "
            "and (demand_status_code in ('repurchased', 'withdrawn', 'rejected') "
            "or (is_repurchase_demanded and status_code = 'repurchased')), false)",
            "已赎回、撤回或驳回的赎回要求应有了结日期",
            "a demand for repurchase that was met, withdrawn or rejected has the date of its resolution",
            "reasoning: the schema of ABS-EE lets a status stand without its date",
        ),
        row_rule(
            "demand_resolution_contradicts",
            "warn",
            "coalesce(demand_resolution_date > as_of_date or demand_resolution_date < origination_date "
            "or (demand_resolution_date is not null and demand_status_code in ('pending', 'disputed')), "
            "false)",
            "赎回要求的了结日期应在发放日与截止日之间，未了结的赎回要求不应有了结日期",
            "a demand for repurchase is resolved between origination and cut-off, and not while it is "
            "pending or in dispute",
            "reasoning: months are filed as MM/YYYY and days as MM-DD-YYYY in one row of ABS-EE",
        ),
        row_rule(
            "demand_met_with_balance",
            "warn",
            "coalesce(demand_status_code = 'repurchased' and closing_balance > 0, false)",
            "赎回要求已履行的贷款不应有余额",
            "a loan that was repurchased on demand owes nothing",
            "reasoning: what is repurchased or replaced leaves the pool, and owes it nothing",
        ),
        row_rule(
            "repurchaser_without_repurchase",
            "warn",
            "(repurchaser_name is not null or repurchase_reason_codes is not null) "
            "and not coalesce(is_repurchase_demanded, false) and demand_status_code is null "
            "and coalesce(status_code, '') <> 'repurchased'",
            "赎回方及赎回原因只应为被要求赎回或已赎回的贷款填写",
            "only a loan that was repurchased, or is to be, has a repurchaser or a reason",
            "CMBS UBS 2017-C1: no repurchaser and no reason in 6,090 rows without a repurchase",
        ),
    )


def _codes_rule(rule_id: str, column: str, words_zh: str, words_en: str, case: str) -> Rule:
    """All codes of a cell are those that the canonical tape declares of its column."""
    codes = COLUMNS[column]["codes"]
    return row_rule(
        rule_id,
        "warn",
        # An empty cell is told first: of most tapes all are, and a list of each row would cost.
        f"case when {column} is null then false "
        f"else not list_has_all([{texts(codes)}], string_split({column}, '{JOINT}')) end",
        f"{words_zh}应为已知代码",
        f"{words_en} is one of {', '.join(codes)}",
        case,
    )
