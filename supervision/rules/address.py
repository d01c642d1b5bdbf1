"""E-mail addresses, compared as mailboxes: the same one is written in several ways."""

DOTS_MEAN_NOTHING = ("gmail.com", "googlemail.com")


def address_key(email: str) -> str:
    """The mailbox behind an address: lower case, without "+…", and without dots where the provider ignores them.

    >>> address_key("Ada.Lovelace+kap@GMail.com")
    'adalovelace@gmail.com'
    """
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), DOTS_MEAN_NOTHING[0]
    return f"{local}@{domain}"
