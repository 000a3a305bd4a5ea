"""What tells who a person is: the forms of their numbers, and how columns of them are called."""

import re
from collections.abc import Iterable

# A resident's identity number (GB 11643) with its date of birth, and a mobile telephone of the mainland.
FORMS = {
    "identity_number": (
        "[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
    ),
    "telephone": "1[3-9][0-9]{9}",
}
# Text columns that are of a person unless the format says otherwise, by their name or a header's.
PERSONAL_NAMES = frozenset(
    (
        "name", "fullname", "borrowername", "customername", "clientname", "obligorname",
        "姓名", "客户姓名", "借款人姓名", "借款人",
        "idnumber", "idno", "idcard", "idcardno", "idcardnumber", "identitynumber", "identityno",
        "身份证", "身份证号", "身份证号码", "证件号", "证件号码",
        "phone", "phonenumber", "phoneno", "mobile", "mobilephone", "mobileno", "mobilenumber", "telephone",
        "cellphone", "tel", "手机", "手机号", "手机号码", "电话", "联系电话", "电话号码",
    )
)  # fmt: skip

# Parts of such names, and endings by which a column is of something else: `证件类型` is a code.
PERSONAL_PART = re.compile(
    "姓名|户名|身份证|证件|手机|电话|phone|(?<!auto)mobile|certno|certificateno|(cust|client|borrower|obligor).*name"
)
NOT_PERSONAL = re.compile(
    "(type|kind|flag|status|code|verified|model|brand|date|count|类型|种类|类别|状态|标志|型号|品牌|日期|有效期|个数|数量)$"
)
# Names that leave no doubt of the form end so: `电话` and `telephone` may be a landline, `证件号` a passport.
NAMED_FORMS = {
    "identity_number": re.compile("(身份证|身份证号|身份证号码|idcard|idcardno|idcardnumber)$"),
    "telephone": re.compile(
        "(手机|手机号|手机号码|(?<!auto)mobile|mobileno|mobilenumber|mobilephone|cellphone"
        "|(?<!tele)(?<!home)(?<!work)(?<!office)(?<!company)phone(no|number)?)$"
    ),
}
# How a person's number begins where its country is written too.
COUNTRY = "([+]|00)86"
_WRITTEN = f"{FORMS['identity_number']}|(?:{COUNTRY}|86)?{FORMS['telephone']}"
_SHOWN = re.compile(f"(?<![0-9A-Z])(?:{_WRITTEN})(?![0-9A-Z])")


def personal_form(names: Iterable[str]) -> str:
    """How a column of one of these names tells who a person is; empty where its name says nothing of it.

    One of FORMS where the name leaves no doubt of it; else "text", as which any text is taken.
    """
    plain = {re.sub(r"[\W_]+", "", name).lower() for name in names}
    parts = {name for name in plain if PERSONAL_PART.search(name) and not NOT_PERSONAL.search(name)}
    if not parts and not plain & PERSONAL_NAMES:
        return ""
    said = {form for form, ending in NAMED_FORMS.items() for name in plain if ending.search(name)}
    return said.pop() if len(said) == 1 else "text"


def form_of(text: str) -> str:
    """In which of FORMS a text is, in whichever way a person writes it; empty: in none."""
    plain = _without_gaps(text)
    told = {"telephone": re.sub(f"^{COUNTRY}", "", plain)}
    fitting = (
        form for form, pattern in FORMS.items() if re.fullmatch(pattern, told.get(form, plain))
    )
    return next(fitting, "")


def shows_person(text: str) -> bool:
    """Whether a number of one of FORMS stands anywhere in a text."""
    return any(map(_SHOWN.search, (text.upper(), _without_gaps(text))))


def _without_gaps(text: str) -> str:
    return re.sub("[ -]", "", text.strip()).upper()
