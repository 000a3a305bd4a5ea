"""A full report of one invented month (all twelve tables), its figures tied to each other."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reports.pack import ChapterCode, ReportPack, ReportTable, Value

SYNTHETIC = {"zh": "合成数据，比例 1:100", "en": "synthetic, 1:100"}
LAYOUT_NOTE = {"zh": "官方表号未经核实", "en": "official numbering unverified"}

CHAPTER_OF: dict[str, ChapterCode] = {
    "TR-1": "general",
    "TR-2": "general",
    "TR-3-1": "notes",
    "TR-3-2": "notes",
    "TR-7": "cash",
    "TR-8": "cash",
    "TR-9": "cash",
    "PP-1": "purchase",
}
"""The chapters of the sample's tables; the others are of the pool."""

DEAL, AS_OF = "huabei_2017_1", date(2017, 8, 31)
CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")

OPENING_POOL, INITIAL_POOL = Decimal("59987654.32"), Decimal("59999876.12")
INTEREST, FEE, RECOVERY = Decimal("612345.67"), Decimal("8765.43"), Decimal("1204.50")
SCHEDULED, PREPAID, OVERDUE = Decimal("9876543.21"), Decimal("2345678.90"), Decimal("123456.78")
WRITE_OFF, OPENING_CASH, LEFT = Decimal("45678.90"), Decimal("987.65"), Decimal("1234.56")
INCOME, PRINCIPAL = INTEREST + FEE + RECOVERY, SCHEDULED + PREPAID + OVERDUE

NOTES = (
    ("A", "senior", "花呗2017-1优先级", "Huabei 2017-1 senior", "116521", "53100000.00", "0.0490"),
    (
        "B",
        "mezzanine",
        "花呗2017-1中间级",
        "Huabei 2017-1 mezzanine",
        "116522",
        "1800000.00",
        "0.06055",
    ),
    ("C", "equity", "花呗2017-1次级", "Huabei 2017-1 subordinated", "116523", "5100000.00", None),
)
TOTAL_NOTIONAL = Decimal("60000000.00")
RATINGS = {"A": "AAA", "B": "AA+", "C": None}


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(MILLIONTH, rounding=ROUND_HALF_UP)


def _interest(notional: str, rate: str | None) -> Decimal:
    return _cents(Decimal(notional) * Decimal(rate or 0) * 33 / 365)


FEES = (
    ("第十一条第（一）款", "托管费", "Custodian fee", Decimal("2465.51")),
    ("第十一条第（二）款", "资产服务费", "Servicing fee", Decimal("4931.02")),
    ("第十一条第（三）款", "计划管理费", "Programme manager's fee", Decimal("12327.55")),
)
COUPONS = sum((_interest(note[5], note[6]) for note in NOTES), Decimal(0))
AVAILABLE = OPENING_CASH + INCOME + PRINCIPAL - sum(fee[3] for fee in FEES) - COUPONS
PURCHASED = AVAILABLE - LEFT
CLOSING_POOL = OPENING_POOL - PRINCIPAL - WRITE_OFF + PURCHASED


def _table(
    table_id: str, title_zh: str, title_en: str, layout: str, columns: str, *rows: tuple[Value, ...]
) -> ReportTable:
    """Columns after deal_id and as_of_date, blank-separated; `rows` layouts get a line_number."""
    keys: tuple[str, ...] = ("deal_id", "as_of_date")
    if layout == "rows":
        keys += ("line_number",)
        rows = tuple((number, *row) for number, row in enumerate(rows, start=1))
    return ReportTable(
        table_id=table_id,
        name=table_id.lower().replace("-", "_"),
        title_zh=title_zh,
        title_en=title_en,
        layout="rows" if layout == "rows" else "record",
        columns=(*keys, *columns.split()),
        rows=tuple((DEAL, AS_OF, *row) for row in rows),
        chapter=CHAPTER_OF.get(table_id, "pool"),
    )


def _parties() -> ReportTable:
    address = "杭州市西湖区（地址为合成数据）"
    rows = (
        ("originator", "蚂蚁小额贷款有限公司", "Ant Petty Loan", address, "0571-0000 0000"),
        ("servicer", "蚂蚁小额贷款有限公司", "Ant Petty Loan", address, "0571-0000 0000"),
        (
            "programme_manager",
            "中国国际金融股份有限公司",
            "China International Capital Corporation",
            None,
            None,
        ),
        (
            "custodian",
            "中国民生银行股份有限公司杭州分行",
            "China Minsheng Bank, Hangzhou branch",
            None,
            None,
        ),
        (
            "shortfall_provider",
            "商诚融资担保有限公司",
            "Merchant Surety Financing Guarantee Co., Ltd.",
            None,
            None,
        ),
        ("subordinated_holder", "蚂蚁小额贷款有限公司", "Ant Petty Loan", address, None),
    )
    return _table(
        "TR-1",
        "受托机构和证券化服务机构",
        "Parties",
        "rows",
        "role_code party_name_zh party_name_en party_address party_contact",
        *rows,
    )


def _dates() -> ReportTable:
    return _table(
        "TR-2",
        "报告期间与日期",
        "Reporting period and dates",
        "record",
        "period_number year_period_number collection_start_date collection_end_date accrual_start_date "
        "accrual_end_date report_date payment_date phase_code day_count_code",
        (
            2,
            2,
            date(2017, 8, 1),
            AS_OF,
            date(2017, 8, 10),
            date(2017, 9, 12),
            date(2017, 9, 7),
            date(2017, 9, 12),
            "revolving",
            "ACT/365F",
        ),
    )


def _notes() -> ReportTable:
    rows = (
        (
            code,
            name_zh,
            name_en,
            security,
            tranche,
            Decimal(notional),
            _share(Decimal(notional), TOTAL_NOTIONAL),
            Decimal(rate) if rate else None,
            date(2018, 7, 11),
            date(2020, 7, 10),
            RATINGS[code],
            RATINGS[code],
        )
        for code, tranche, name_zh, name_en, security, notional, rate in NOTES
    )
    return _table(
        "TR-3-1",
        "各档次证券概况",
        "The notes",
        "rows",
        "note_code note_name_zh note_name_en security_code tranche_class_code notional_amount "
        "notional_share annual_rate expected_maturity_date legal_final_date initial_rating_code "
        "current_rating_code",
        *rows,
    )


def _note_payments() -> ReportTable:
    rows = []
    zero, whole = Decimal("0.00"), Decimal("100.000000")
    for code, _, _, _, _, face, rate in NOTES:
        notional, interest = Decimal(face), _interest(face, rate)
        rows.append(
            (
                code,
                notional,
                notional,
                whole,
                zero,
                Decimal("0.000000"),
                zero,
                Decimal(rate) if rate else None,
                interest,
                interest,
                (interest * 100 / notional).quantize(MILLIONTH),
                interest,
                notional,
                whole,
                zero,
                True,
                False,
                zero,
            )
        )
    return _table(
        "TR-3-2",
        "证券本息兑付情况",
        "Payments of the notes",
        "rows",
        "note_code notional_amount opening_balance opening_balance_per_100 principal_paid "
        "principal_paid_per_100 write_off_amount annual_rate interest_due interest_paid "
        "interest_paid_per_100 total_paid closing_balance closing_balance_per_100 cumulative_principal_paid "
        "is_paid_in_full is_interest_deferred principal_loss_amount",
        *rows,
    )


def _pool_status() -> ReportTable:
    late = (
        ("overdue_1_30", 412, Decimal("702345.11")),
        ("overdue_31_60", 139, Decimal("218765.43")),
        ("overdue_61_90", 87, Decimal("131072.64")),
        ("overdue_over_90", 61, Decimal("98304.20")),
        ("unknown", 3, Decimal("4200.00")),
    )
    rest = CLOSING_POOL - sum(balance for _, _, balance in late)
    states = (("current", 17480, rest), *late, ("total", 18182, CLOSING_POOL))
    rows = [
        (status, count, _share(count, 18182), balance, _share(balance, CLOSING_POOL))
        for status, count, balance in states
    ]
    return _table(
        "TR-4-1",
        "资产池整体表现情况",
        "Pool by status",
        "rows",
        "status_code loan_count loan_count_share outstanding_balance balance_share",
        *rows,
        ("settled", 3120, None, Decimal("0.00"), None),
    )


def _defaults() -> tuple[ReportTable, ReportTable]:
    new, total = Decimal("51234.56"), Decimal("98304.20") + WRITE_OFF
    bought = PURCHASED + Decimal("11873456.90")
    return (
        _table(
            "TR-4-2",
            "新增违约贷款",
            "New defaults",
            "record",
            "default_days new_default_count new_default_balance new_default_share",
            (90, 31, new, _share(new, CLOSING_POOL)),
        ),
        _table(
            "TR-4-3",
            "累计违约率",
            "Cumulative default rate",
            "record",
            "period_number cumulative_default_balance initial_pool_balance "
            "cumulative_purchased_balance cumulative_default_rate cumulative_default_rate_initial "
            "trigger_threshold_rate is_triggered",
            (
                2,
                total,
                INITIAL_POOL,
                bought,
                _share(total, INITIAL_POOL + bought),
                _share(total, INITIAL_POOL),
                Decimal("0.040000"),
                False,
            ),
        ),
    )


def _collections() -> ReportTable:
    lines = (
        ("income", "interest_normal", INTEREST),
        ("income", "fee_collected", FEE),
        ("income", "recovery", RECOVERY),
        ("income", "income_total", INCOME),
        ("principal", "principal_scheduled", SCHEDULED),
        ("principal", "principal_prepaid", PREPAID),
        ("principal", "principal_overdue", OVERDUE),
        ("principal", "principal_total", PRINCIPAL),
        ("total", "collections_total", INCOME + PRINCIPAL),
    )
    rows = ((part, line, _cents(amount * 97 / 100), amount) for part, line, amount in lines)
    return _table(
        "TR-7",
        "资产池现金流入",
        "Collections",
        "rows",
        "account_part_code line_code previous_amount current_amount",
        *rows,
    )


def _distributions() -> ReportTable:
    zero = Decimal("0.00")
    senior, mezzanine = (_interest(note[5], note[6]) for note in NOTES[:2])
    payments = (
        *FEES,
        ("第十一条第（四）款", "优先级利息", "Interest, senior", senior),
        ("第十一条第（五）款", "中间级利息", "Interest, mezzanine", mezzanine),
        ("第十一条第（六）款", "持续购买支出", "Continued purchase", PURCHASED),
    )
    rows = (
        (
            clause,
            item_zh,
            item_en,
            "collection",
            AVAILABLE if amount == PURCHASED else amount,
            amount,
            AVAILABLE - amount if amount == PURCHASED else zero,
            zero,
            _cents(amount * 98 / 100),
        )
        for clause, item_zh, item_en, amount in payments
    )
    return _table(
        "TR-8",
        "现金流出",
        "Distributions",
        "rows",
        "clause_name item_zh item_en account_code due_amount paid_amount shortfall_amount "
        "supported_amount previous_paid_amount",
        *rows,
    )


def _account() -> ReportTable:
    out = OPENING_CASH + INCOME + PRINCIPAL - LEFT
    return _table(
        "TR-9",
        "账户余额",
        "Accounts",
        "rows",
        "account_code account_name_zh account_name_en opening_balance inflow_amount outflow_amount "
        "closing_balance",
        (
            "collection",
            "收款账户",
            "Collection account",
            OPENING_CASH,
            INCOME + PRINCIPAL,
            out,
            LEFT,
        ),
    )


def _statistics() -> ReportTable:
    count, number = 18182, Decimal
    rows = (
        ("amount", "loan_count", "count", number(18011), number(count)),
        ("amount", "borrower_count", "count", number(17240), number(17402)),
        ("amount", "outstanding_balance", "money", OPENING_POOL, CLOSING_POOL),
        ("amount", "contract_amount", "money", number("81234567.00"), number("81456789.00")),
        ("amount", "max_balance", "money", number("49800.00"), number("49800.00")),
        ("amount", "mean_balance", "money", number("3330.61"), _cents(CLOSING_POOL / count)),
        ("amount", "mean_contract_amount", "money", number("4510.27"), number("4480.08")),
        ("term", "wa_contract_months", "months", number("7.812345"), number("7.790000")),
        ("term", "wa_remaining_months", "months", number("5.120000"), number("5.340000")),
        ("term", "wa_age_months", "months", number("2.690000"), number("2.450000")),
        ("term", "max_remaining_months", "months", number(12), number(12)),
        ("term", "min_remaining_months", "months", number(0), number(0)),
        ("rate", "wa_annual_rate", "rate", number("0.141250"), number("0.141875")),
        ("rate", "max_annual_rate", "rate", number("0.180000"), number("0.180000")),
        ("rate", "min_annual_rate", "rate", None, number("0.000000")),
    )
    return _table(
        "TR-11",
        "基础资产存续期总体信息",
        "Pool statistics",
        "rows",
        "block_code feature_code unit_code previous_value current_value",
        *rows,
    )


def _purchase() -> ReportTable:
    return _table(
        "PP-1",
        "本期持续购买明细",
        "Continued purchase of the period",
        "record",
        "purchase_number cut_off_date purchase_date available_amount eligible_loan_count "
        "eligible_balance purchased_loan_count purchased_balance price_amount discount_rate "
        "remaining_amount purchase_ratio",
        (
            2,
            AS_OF,
            date(2017, 9, 12),
            AVAILABLE,
            251340,
            Decimal("812345678.90"),
            3740,
            PURCHASED,
            PURCHASED,
            Decimal("0.000000"),
            LEFT,
            _share(PURCHASED, AVAILABLE),
        ),
    )


def build_pack() -> ReportPack:
    """The pack, built anew at each call from the same figures."""
    return ReportPack(
        deal_id=DEAL,
        deal_name_zh="中金－蚂蚁花呗2017年第一期消费授信融资资产支持专项计划",
        deal_name_en="CICC – Ant Credit Pay 2017-1 Consumer Credit Asset-Backed Special Program",
        as_of_date=AS_OF,
        payment_date=date(2017, 9, 12),
        currency="CNY",
        is_synthetic=True,
        scale=100,
        run_id="huabei_2017_1-2017-08-3f9c",
        code_version="0.1.0+4c1d2e7",
        terms_sha256="9f" * 32,
        tapes=(
            ("huabei_2017_1_2017-08.csv", "ab" * 32),
            ("huabei_2017_1_2017-08_part2.csv", "cd" * 32),
        ),
        lake_snapshot=41,
        tables=(
            _parties(),
            _dates(),
            _notes(),
            _note_payments(),
            _pool_status(),
            *_defaults(),
            _collections(),
            _distributions(),
            _account(),
            _statistics(),
            _purchase(),
        ),
    )


def pack_of(columns: tuple[str, ...], *rows: tuple[Value, ...]) -> ReportPack:
    """A pack with one table, TR-9, of these columns and rows."""
    table = ReportTable("TR-9", "tr_9", "账户余额", "Accounts", "rows", columns, rows)
    return replace(build_pack(), tables=(table,))


def with_rows(pack: ReportPack, name: str, times: int) -> ReportPack:
    """The pack with the rows of one table repeated."""
    tables = (replace(t, rows=t.rows * times) if t.name == name else t for t in pack.tables)
    return replace(pack, tables=tuple(tables))
