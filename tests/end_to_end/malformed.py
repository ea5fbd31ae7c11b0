"""Malformed files of customers: wrong kinds, keys, values and YAML."""

from __future__ import annotations

from tests.end_to_end.leaks import EMAILS, NAMES, PHONES

FIELDS = f"contact_name: {NAMES[0]}\nphone: '{PHONES[0]}'\nemail: {EMAILS[0]}\noops: {NAMES[1]}\n"
_ITEMS = (
    f"items:\n- {{contact_name: {NAMES[0]}, phone: '{PHONES[0]}', email: {EMAILS[0]}}}\n"
    f"- {{contact_name: {NAMES[1]}, phone: '{PHONES[1]}', oops: {EMAILS[1]}}}\n"
)
_BLOCKED = f"items: ['{PHONES[0]}', {EMAILS[0]}, {{customer: {EMAILS[1]}, oops: 1}}]\n"

_KINDS = (
    *(
        '"kind": Contact',
        "'kind': Contact",
        "kind : Contact",
        "kind: &k Contact",
        "?  kind\n: Contact",
    ),
    *("kind: !!str Contact", "kind: 'Contact'", "kind: !x Contact", "kind:\n  Contact", "kind: *k"),
    *("Kind: Contact", "KIND: Contact", "kind: contact", "kind: Contacts", "kind: Contct", "kind:"),
    *(
        "kind:Contact",
        "kind: [Contact]",
        "kind: {Contact: }",
        "kind: Contact\nkind: Status",
        "kin: x",
    ),
    *("kind: Status\nkind: Contact", "kind: ${{ 'Contact' }}", "kind: ${{ none_such }}", "kind: 7"),
    *(
        "%YAML 1.1\n---\nkind: Contact",
        "\ufeff\ufeffkind: Contact",
        "kind\uff1a Contact",
        "# nothing",
    ),
    *(
        "\tkind: Contact",
        "kind: Contact\n...\n---",
        "---\n- kind: Contact",
        'kind: "Contact',
        "<<: *k",
    ),
    *(
        "<<<<<<< HEAD\nkind: Contact\n=======\n>>>>>>> x",
        "kind: Con\u200btact",
        "kind: B\u006cacklistEntry",
    ),
    *(
        "kind: Client",
        "kind: Campaign",
        "kind: Status",
        "kind: Holiday",
        "kind: Template",
        "kind: Members",
    ),
    *("kind: Disposition", "kind: QualityModel", "kind: Channel", "kind: Campaign\nname: Sales"),
)
"""Malformed first lines of a file of contacts."""

_UNDER_ANOTHER_KIND = (
    f"contacts: [{{contact_name: {NAMES[0]}, phone: '{PHONES[0]}'}}]",
    f"contacts: {{{NAMES[0]}: '{PHONES[0]}'}}",
    f"blacklist: ['{PHONES[0]}', {EMAILS[0]}]",
    f"blacklist:\n  - {PHONES[0]}\n  - {EMAILS[0]}",
    f"contact: {NAMES[0]}",
    f"clients: [{NAMES[0]}, {NAMES[1]}]",
    f"clientes:\n  {NAMES[0]}: {EMAILS[0]}",
    f"vip: {NAMES[0]}",
    f"phone: '{PHONES[0]}'",
    f"{NAMES[0]}: x",
    f"'{PHONES[0]}': x",
    f"59829004321: {NAMES[0]}",
    f"statuses: ['{PHONES[0]}', {{name: {EMAILS[0]}, nope: 1}}]",
    f"dispositions: [{{name: X, customers: [{NAMES[0]}]}}]",
    f"members: ['{PHONES[0]}', {{user: x, contact_name: {NAMES[0]}}}]",
    f"members: {{add: [{PHONES[0]}], contacts: [{EMAILS[0]}]}}",
    f"channels: {{{NAMES[0]}: {{}}}}",
    f"channels: {{email: {{blacklist: [{EMAILS[0]}]}}}}",
    f"channels: {{whatsapp: {{block: ['{PHONES[0]}']}}, nope: {{}}}}",
    f"forms: {EMAILS[0]}",
    f"lifecycle: {{ignore: ['{PHONES[0]}']}}",
    f"quality_models: [{{customer: {NAMES[0]}}}]",
    f"campaigns: {{blacklist: {NAMES[0]}}}",
    f"items: [{{name: X, phone: '{PHONES[0]}'}}]",
)

WRONG_FOR_A_PLAN_AT_MOST = (
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: '+1-800-{NAMES[0].split()[1]}'\n",
    f"kind: BlacklistEntry\nitems: [{{customer: {EMAILS[0]}, campaign: {NAMES[0]}}}]\n",
    f"kind: BlacklistEntry\nitems: [{{customer: Sales, campaign: '{PHONES[0]}'}}]\n",
    f"kind: Contact\ncampaign: {NAMES[0]}\ncontact_name: x\nemail: {EMAILS[0]}\n",
    f"kind: Contact\nkey: {NAMES[0]}\ncontact_name: x\nemail: {EMAILS[0]}\n",
)

WHOLE_FILES = (
    # Mapping keys
    f"kind: Contact\n{NAMES[0]}: {PHONES[0]}\n",
    f"kind: Contact\nitems:\n- {{{NAMES[0]}: {PHONES[0]}}}\n",
    f"kind: BlacklistEntry\nitems: {{'{PHONES[0]}': {NAMES[0]}, {EMAILS[0]}: x}}\n",
    f"kind: BlacklistEntry\nitems:\n- {PHONES[0].removeprefix('+')}: {NAMES[0]}\n",
    f"kind: BlacklistEntry\nitems:\n- ? [{NAMES[0]}, {EMAILS[0]}]\n  : x\n",
    f"kind: Contact\n? {{{NAMES[0]}: 1}}\n: '{PHONES[0]}'\n",
    f"{{{NAMES[0]}: {{{EMAILS[0]}: '{PHONES[0]}'}}}}\n",
    # Hints that quote a value
    f"kind: BlacklistEntry\nitems: '{PHONES[0]}'\n",
    f"kind: BlacklistEntry\nitems: {EMAILS[0]}\n",
    f"kind: BlacklistEntry\nitems: [{PHONES[0].removeprefix('+')}]\n",
    f"kind: BlacklistEntry\nitems: [{PHONES[0]}, 0x{PHONES[0].removeprefix('+')}, 5982900.4321]\n",
    f"kind: BlacklistEntry\ncustomer: {PHONES[0].removeprefix('+')}\n",
    f"kind: Contact\ncontact_name: {PHONES[0].removeprefix('+')}\nphone: '{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: {PHONES[0]}\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: ['{PHONES[0]}']\nemail: {{{EMAILS[0]}: }}\n",
    f"kind: Contact\ncontact_name: [{NAMES[0]}]\nemail: {EMAILS[0]}\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: {PHONES[0][4:]}\nemail: {NAMES[0]}\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: tel:{PHONES[0]}\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: '{PHONES[0]} x123'\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\nphone: '+{PHONES[0]}{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: '{NAMES[0]} '\nphone: '{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: {NAMES[0] * 20}\nphone: '{PHONES[0]}'\n",
    f'kind: Contact\ncontact_name: "{NAMES[0]}\\e[31m"\nphone: "{PHONES[0]}\\u200b"\n',
    "kind: Contact\ncontact_name: Za\u00adcarias\nemail: '\uff3a.Quimper\uff20x'\noops: 1\n",
    'kind: Contact\ncontact_name: "\\u005Aacarias"\nemail: "\\x7a.quimper@mailbox"\n',
    'kind: Contact\ncontact_name: "\\u0051uimper"\nphone: "\\x2b59829004321 "\nx: 1\n',
    f"kind: Contact\ncontact_name: {NAMES[0]}\nkey: /\nphone: '{PHONES[0]}'\ncolour: {NAMES[1]}\n",
    f"kind: BlacklistEntry\nitems: [{NAMES[0]}, {NAMES[1]} {PHONES[1]}]\n",
    f"kind: BlacklistEntry\nitems: ['{PHONES[0]}', '{PHONES[0]}']\n",
    f"kind: BlacklistEntry\nitems: [{EMAILS[0]}, {EMAILS[0].upper()}]\n",
    f"kind: BlacklistEntry\nitems: [{{customer: {EMAILS[0]}, renamed_from: {EMAILS[1]}}}]\n",
    f"kind: BlacklistEntry\nitems: [{{customer: {EMAILS[0]}, lifecycle: {NAMES[0]}}}]\n",
    f"kind: BlacklistEntry\ncampaign: [{NAMES[0]}]\nitems: [{{customer: [{EMAILS[0]}]}}]\n",
    # Expressions
    f"kind: Contact\ncontact_name: ${{{{ {NAMES[0].split()[0]} }}}}\nphone: '{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: \"${{{{ '{NAMES[0]}' | quimper }}}}\"\nphone: '{PHONES[0]}'\n",
    "kind: Contact\ncontact_name: \"${{ 'Zaca' ~ 'rias' }} \"\nphone: ${{ '2900' ~ '4321' }}\n",
    f"kind: Contact\ncontact_name: ${{{{ '{NAMES[0]}'.Quimper() }}}}\nphone: '{PHONES[0]}'\n",
    f'kind: Contact\ncontact_name: x\nphone: "${{{{ \'{PHONES[0]}"\n',
    # Invalid YAML
    f"kind: Contact\ncontact_name: {NAMES[0]}\n\tphone: '{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: '{NAMES[0]}\nphone: {PHONES[0]}\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}: {NAMES[1]}\nphone: {PHONES[0]}\n",
    f"kind: Contact\ncontact_name {NAMES[0]}\nphone: {PHONES[0]}\n",
    f"kind: Contact\ncontact_name: @{NAMES[0]}\nphone: *{PHONES[0]}\n",
    f"kind: Contact\ncontact_name: *{NAMES[0]}\nphone: !{NAMES[0]} '{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: &Zacarias:Quimper x\nphone: '{PHONES[0]}'\n",
    f"kind: Contact\nitems: [{{?{NAMES[0]}: {EMAILS[0]}}}]\n",
    f"kind: Contact\ncontact_name: {NAMES[0]}\ncontact_name: {NAMES[1]}\nphone: '{PHONES[0]}'\n",
    f"kind: Contact\ncontact_name: |\n {NAMES[0]}\n  phone: {PHONES[0]}\n {EMAILS[0]}: x\nz\n",
    f"kind: BlacklistEntry\nitems: [{PHONES[0]}, {EMAILS[0]}\n",
    f"kind: BlacklistEntry\nitems:\n- {PHONES[0]}\n {EMAILS[0]}\n- x: y: {NAMES[0]}\n",
    f"kind: BlacklistEntry\nitems:\n  - {PHONES[0]}\n - {EMAILS[0]}\n",
    f"# {NAMES[0]}\nkind: BlacklistEntry\nitems: # {PHONES[0]}\n  - [ # {EMAILS[0]}\n",
    # YAML that is not a manifest
    f"Name,Phone,Email\n{NAMES[0]},{PHONES[0]},{EMAILS[0]}\n",
    f"{NAMES[0]};{PHONES[0]};{EMAILS[0]}\n{NAMES[1]};{PHONES[1]};{EMAILS[1]}\n",
    f'{{"contacts": [{{"name": "{NAMES[0]}", "phone": "{PHONES[0]}"}}]}}\n',
    f"BEGIN:VCARD\nFN:{NAMES[0]}\nTEL:{PHONES[0]}\nEMAIL:{EMAILS[0]}\nEND:VCARD\n",
    f"- {PHONES[0]}\n- {EMAILS[0]}\n- {NAMES[0]}\n",
    f"{PHONES[0]}\n",
    f"{NAMES[0]} <{EMAILS[0]}>\n",
    # Next to valid documents
    f"kind: Status\nname: Fine\n---\n{FIELDS}",
    f"kind: Status\nname: Fine too\ncolor: red\n---\nkind: Contact\n{_ITEMS}",
)

FILES = (
    *(f"{kind}\n{FIELDS}" for kind in _KINDS),
    *(f"{kind}\n{_ITEMS}" for kind in _KINDS),
    *(f"{kind}\n{_BLOCKED}" for kind in _KINDS),
    *(f"kind: Campaign\nname: Sales {n}\n{text}\n" for n, text in enumerate(_UNDER_ANOTHER_KIND)),
    *WHOLE_FILES,
)

APPROVALS = (
    f"- {{guard: unblock, address: blacklist/{EMAILS[0]}, reason: {NAMES[0]} asked, bye: ana}}\n",
    f"- {{guard: unblock, address: 'campaigns/Sales/blacklist/{PHONES[0]}', raeson: {NAMES[0]}}}\n",
    f"- {{guard: unblok, address: contacts/{NAMES[0]}, reason: '{PHONES[0]}'}}\n",
    f"- guard: unblock\n  address: blacklist\n  reason: {NAMES[0]}\n  reason: {PHONES[0]}\n",
    f"{NAMES[0]}: {PHONES[0]}\n",
)
