"""The contract of flags, line by line: every example that it gives, and every label word in every language."""

from __future__ import annotations

from typing import Any

import pytest

from wirewatch.config.settings import Entity, Watch
from wirewatch.flags import Flagger
from wirewatch.headline import read_body
from wirewatch.model import Item

UNMEASURED = {"repeat", "brief", "hold", "advisory"}
QUIET = Flagger(Watch())


def item(headline: str, **fields: Any) -> Item:
    return read_body(
        Item(**({"id": "i", "source": "Harbour Post", "headline": headline, "received": 1_000.0} | fields))
    )


def raised(headline: str, flagger: Flagger = QUIET, **fields: Any) -> set[str]:
    return {one.flag for one in flagger.flags(item(headline, **fields))} - UNMEASURED


# --- the flags


YES: list[tuple[str, str, dict[str, Any]]] = [
    ("exclusive", "Exclusive: Port sold to fund", {}),
    ("exclusive", "BBC exclusive: Port sold to fund", {}),
    ("exclusive", "Exclusive interview: Harbour master on the sale", {}),
    ("exclusive", "World exclusive: Port sold to fund", {}),
    ("exclusive", "#Exclusive Port sold to fund", {}),
    ("exclusive", "🔴 EXCLUSIVE: Port sold to fund", {}),
    ("exclusive", "Scoop: Port sold to fund", {}),
    ("exclusive", "First on CNN: Port sold to fund", {"source": "CNN"}),
    ("exclusive", "Port sold to fund", {"summary": "Exclusive: The fund pays in cash."}),
    ("exclusive", "Port sold to fund [exclusive]", {}),
    ("exclusive", "Port sold to fund | Exclusive", {}),
    ("exclusive", "+++ Exclusive +++ Port sold to fund", {}),
    ("exclusive", "【Exclusive】Port sold to fund", {}),
    ("exclusive", "EXCLUSIVE Port sold to fund", {}),
    ("exclusive", "exclusive - Port sold to fund", {}),
    ("breaking", "Breaking: Port sold to fund", {}),
    ("breaking", "Breaking news: Port sold to fund", {}),
    ("breaking", "Just in: Port sold to fund", {}),
    ("breaking", "Developing: Port sold to fund", {}),
    ("urgent", "Urgent: Port sold to fund", {}),
    ("urgent", "Port sold to fund", {"slug": "PORT-SALE/ (URGENT)"}),
    ("alert", "Alert: Port sold to fund", {}),
    ("alert", "Flash: Port sold to fund", {}),
    ("alert", "Port sold to fund", {"slug": "BC-EU--APNewsAlert"}),
    ("alert", "NORTHGATE SELLS PORT TO PENSION FUND", {"kind": "agency"}),
    ("update:3", "UPDATE 3-Port sold to fund", {"kind": "agency"}),
    ("update:2", "(2nd LD) Port sold to fund", {"kind": "agency"}),
    ("update:1", "(LEAD) Port sold to fund", {"kind": "agency"}),
    ("update:4", "4th Ld-Writethru: Port sold to fund", {"kind": "agency"}),
    ("update:4", "Port sold to fund", {"slug": "BC-EU--Port, 4th Ld-Writethru"}),
    ("update:2", "Port sold to fund", {"slug": "PORT/ (UPDATE 2)"}),
    ("update", "Update: Port sold to fund", {}),
    ("wrapup", "WRAPUP-Port sold to fund", {"kind": "agency"}),
    ("wrapup", "WRAPUP 2-Port sold to fund", {"kind": "agency"}),
    ("wrapup", "Port sold to fund", {"slug": "PORT/ (WRAPUP 2)"}),
    ("correction", "Corrected: Port sold to fund", {}),
    ("correction", "Correction: Port sold to fund", {}),
    ("correction", "Corrects: Port sold to fund", {}),
    ("correction", "Clarification: Port sold to fund", {}),
    ("correction", "Port sold to fund", {"slug": "PORT/ (CORRECTED)"}),
    ("correction", "Port sold to fund", {"ednote": "Corrects name of fund"}),
    ("correction", "Port sold to fund", {"ednote": "Correction to name of fund"}),
    ("refile", "REFILE-Port sold to fund", {"kind": "agency"}),
    ("refile", "Port sold to fund", {"ednote": "Refiles to fix link"}),
    ("kill", "Port sold to fund", {"status": "canceled"}),
    ("kill", "KILL KILL KILL: Port sold to fund", {}),
    ("kill", "Mandatory kill: Port sold to fund", {}),
    ("kill", "Story withdrawn: Port sold to fund", {}),
    ("kill", "WITHDRAWN-Port sold to fund", {"kind": "agency"}),
    ("embargo", "Port sold to fund", {"embargo": 2_000.0}),
    ("embargo", "Embargoed until 9 a.m.: Port sold to fund", {}),
    ("embargo", "Port sold to fund", {"ednote": "Embargoed until Tuesday noon"}),
    ("embargo", "Port sold to fund", {"ednote": "Not for release before 0600 GMT"}),
    ("live", "Live: Port sold to fund", {}),
    ("live", "Live updates: Port sold to fund", {}),
    ("live", "Live blog: Port sold to fund", {}),
    ("live", "Watch live: Parliament votes on port", {}),
    ("live", "Port sale live: Unions walk out", {}),
    ("live", "Port sale – live", {}),
    ("live", "Port sale live updates: Unions walk out", {}),
    ("live", "Port sale live briefing: Unions walk out", {}),
    ("analysis", "Analysis: Port sold to fund", {}),
    ("analysis", "News analysis: Port sold to fund", {}),
    ("analysis", "Explainer: Port sold to fund", {}),
    ("analysis", "Insight: Port sold to fund", {}),
    ("analysis", "Q&A: Port sold to fund", {}),
    ("opinion", "Opinion: Keep the port", {}),
    ("opinion", "Commentary: Keep the port", {}),
    ("opinion", "Comment: Keep the port", {}),
    ("opinion", "Column: Keep the port", {}),
    ("opinion", "Editorial: Keep the port", {}),
    ("opinion", "Letters: Keep the port", {}),
    ("opinion", "Breakingviews - Keep the port", {}),
    ("opinion", "Viewpoint: Keep the port", {}),
    ("opinion", "The Guardian view on ports: keep them", {}),
    ("opinion", "The Harbour Post view on ports: keep them", {}),
    ("factbox", "Factbox: The port", {}),
    ("factbox", "Key facts: The port", {}),
    ("timeline", "Timeline: The port", {}),
    ("video", "Video: Crane falls into port", {}),
    ("video", "Watch: Crane falls into port", {}),
    ("video", "Crane falls into port [VIDEO]", {}),
    ("video", "Watch live: Parliament votes on port", {}),
    ("photo", "Photo: Crane in port", {}),
    ("photo", "Photos: Crane in port", {}),
    ("photo", "Photo gallery: Cranes of the port", {}),
    ("photo", "In pictures: Cranes of the port", {}),
    ("sourced-anonymous", "Fund to buy port, source says", {}),
    ("sourced-anonymous", "Fund to buy port, sources say", {}),
    ("sourced-anonymous", "Fund to buy port, sources tell Harbour Post", {}),
    ("sourced-anonymous", "Source said fund to buy port", {}),
    ("sourced-anonymous", "Fund to buy port – sources", {}),
    ("sourced-anonymous", "Fund to buy port", {"summary": "It pays in cash, people familiar with the deal said."}),
    ("sourced-anonymous", "Fund to buy port, insiders say", {}),
    ("sourced-anonymous", "Fund to buy port", {"body": "It pays.\n\nAn aide spoke on condition of anonymity."}),
    ("sourced-anonymous", "Fund to buy port", {"summary": "An aide, who declined to be named, said so."}),
    ("sourced-anonymous", "Fund to buy port, say unnamed officials", {}),
    ("second-hand:Wall Street Journal", "Fund to buy port – WSJ", {}),
    ("second-hand:Bloomberg", "Fund to buy port: Bloomberg", {}),
    ("second-hand:Reuters", "Fund to Buy Port, Reuters Reports", {}),
    ("second-hand:Financial Times", "Fund to buy port, according to the FT", {}),
    ("second-hand:BBC", "Minister told the BBC of port sale", {}),
    ("second-hand:CNN", "CNN: Fund to buy port", {}),
    ("second-hand", "Fund to buy port: report", {}),
    ("second-hand", "Fund to buy port – media", {}),
    ("second-hand", "Fund to buy port, report says", {}),
    ("second-hand", "Media: Fund to buy port", {}),
    ("denial", "Fund denies it will buy port", {}),
    ("denial", "Fund rejects as false a report on port", {}),
    ("denial", "Fund rejects report on port", {}),
    ("denial", "Fund rejects claim on port", {}),
    ("denial", "Fund calls port report false", {}),
    ("denial", "Port sale not true, says fund", {}),
    ("denied", "Mayor took gifts, court told", {"summary": "Asked in court, he denies wrongdoing."}),
    ("denied", "Bank lost client files, paper writes", {"summary": "In a statement the bank denied the report."}),
    ("press-release", "Northgate sells port", {"kind": "press"}),
    ("press-release", "Northgate sells port", {"body": "OSLO, May 4, 2026 /PRNewswire/ -- Northgate sold its port."}),
    ("press-release", "Northgate sells port", {"body": "OSLO--(BUSINESS WIRE)--Northgate sold its port."}),
    (
        "press-release",
        "Northgate sells port",
        {"body": "OSLO, Norway, May 04, 2026 (GLOBE NEWSWIRE) -- Northgate sold its port."},
    ),
    ("press-release", "Press release: Northgate sells port", {}),
]


@pytest.mark.parametrize(("flag", "headline", "fields"), YES)
def test_what_the_table_names_raises_its_flag(flag: str, headline: str, fields: dict[str, Any]) -> None:
    assert flag in raised(headline, **fields)


NO: list[tuple[str, str, dict[str, Any]]] = [
    ("exclusive", "Exclusive Resorts files for IPO", {}),
    ("exclusive", "Fleet enters exclusive economic zone", {}),
    ("exclusive", "Speed and thrift are mutually exclusive", {}),
    ("exclusive", "Coach tells rival in exclusive interview of his fears", {}),
    ("exclusive", "Exclusive rights: who pays", {}),
    ("exclusive", "EXCLUSIVE NETWORKS SHARES JUMP", {}),
    ("exclusive", "'Exclusive' tag misused, says watchdog", {}),
    ("breaking", "Breaking: how a street dance became an Olympic sport", {}),
    ("breaking", "Runner ends record-breaking year", {}),
    ("breaking", "Developing countries ask for relief", {}),
    ("breaking", "Just in time", {}),
    ("breaking", "Just in time: parts reach the yard", {}),
    ("breaking", "Breaking point: nurses on a winter", {}),
    ("urgent", "Urgent care chain sold", {}),
    ("urgent", "Mayor makes urgent call for aid", {}),
    ("urgent", "Port sold to fund", {"urgency": 1}),
    ("alert", "Flash flood warning", {}),
    ("alert", "Flash flood: what to do", {}),
    ("alert", "Amber alert", {}),
    ("alert", "Amber alert: missing twins found", {}),
    ("alert", "Alert, Nunavut", {}),
    ("alert", "Alert, Nunavut: a winter diary", {}),
    ("alert", "Red alert: heat shuts schools", {}),
    ("alert", "NORTHGATE SELLS PORT TO PENSION FUND", {"kind": "web"}),
    ("alert", "NORTHGATE SELLS PORT TO PENSION FUND", {"kind": "agency", "body": "The fund pays in cash."}),
    ("alert", "NORTHGATE SELLS PORT TO PENSION FUND", {"kind": "agency", "summary": "The fund pays in cash."}),
    ("alert", "NORTHGATE SELLS", {"kind": "agency"}),
    ("update", "Update 7 of the game is out", {}),
    ("update", "Windows update 2 fails", {}),
    ("update", "Trading Update", {}),
    ("update", "Northgate plc: Trading Update", {}),
    ("update", "Update your phone", {}),
    ("update", "WRAPUP 2-Port sold to fund", {"kind": "agency"}),
    ("wrapup", "Season wrap-up show", {}),
    ("wrapup", "Envoy wraps up talks", {}),
    ("correction", "Fire at correctional facility", {}),
    ("correction", "A market correction is due", {}),
    ("correction", "Minister corrects record", {}),
    ("correction", "Corrections and clarifications", {}),
    ("correction", "REFILE-Port sold to fund", {"kind": "agency"}),
    ("refile", "Company to refile accounts", {}),
    ("kill", "Storm kills nine", {}),
    ("kill", "Kill Bill", {}),
    ("kill", "Drug withdrawn after deaths", {}),
    ("kill", "Peace force: troops withdrawn", {}),
    ("kill", "Port sold to fund", {"status": "withheld"}),
    ("embargo", "Arms embargo", {}),
    ("embargo", "EU to lift oil embargo", {}),
    ("embargo", "Port sold to fund", {"embargo": 500.0}),
    ("live", "Where the rich live: a map", {}),
    ("live", "Live Nation", {}),
    ("live", "Live Nation: shares rise", {}),
    ("live", "Saturday Night Live", {}),
    ("live", "Saturday Night Live: cast named", {}),
    ("live", "Soldiers fire live ammunition", {}),
    ("live", "Reporter hit live on air", {}),
    ("live", "Port vote – as it happened", {}),
    ("analysis", "DNA analysis clears man", {}),
    ("analysis", "DNA analysis: man cleared", {}),
    ("analysis", "Analysis finds lead in pipes", {}),
    ("analysis", "Insight into the mind of gulls", {}),
    ("opinion", "Opinion poll: left ahead", {}),
    ("opinion", "Mayor declines to comment", {}),
    ("opinion", "Column of tanks nears town", {}),
    ("opinion", "Judge signs court opinion", {}),
    ("opinion", "Court opinion: tolls stay", {}),
    ("opinion", "Open letter: pilots plead", {}),
    ("factbox", "Facts of the case: a ferry, a storm", {}),
    ("factbox", "Five key facts the jury never heard", {}),
    ("timeline", "Union sets timeline for exit", {}),
    ("timeline", "Timeline slips", {}),
    ("video", "Swiss watch exports: record year", {}),
    ("video", "Watch out: black ice", {}),
    ("video", "Storm watch: coast braces", {}),
    ("video", "Apple Watch: a review", {}),
    ("video", "Video game maker cuts posts", {}),
    ("photo", "Senate votes on photo ID law", {}),
    ("photo", "Sprint ends in photo finish", {}),
    ("photo", "Photos emerge of port fire", {}),
    ("sourced-anonymous", "Port plans new energy sources", {}),
    ("sourced-anonymous", "Port moves to open-source charts", {}),
    ("sourced-anonymous", "Port seeks data source for tides", {}),
    ("sourced-anonymous", "Truck maker sources parts from Mexico", {}),
    ("sourced-anonymous", "Traffic by month", {"summary": "Sources: company data"}),
    ("sourced-anonymous", "Port to shut, officials say", {}),
    ("sourced-anonymous", "Two held in port, police say", {}),
    ("second-hand:Reuters", "Fund to buy port, sources tell Reuters", {"source": "Reuters"}),
    ("second-hand:Reuters", "Port sold to fund", {"body": "OSLO, May 4 (Reuters) - The port was sold."}),
    ("second-hand", "Hiring slows, jobs report shows", {}),
    ("second-hand", "School report card", {}),
    ("second-hand", "UN report: seas rise", {}),
    ("second-hand:Reuters", "Reuters names editor", {}),
    ("second-hand:Wall Street Journal", "WSJ reporter held", {}),
    (
        "second-hand:Bloomberg",
        "Port sold to fund",
        {"body": "The port was sold.\n\nThe fund was silent.\n\nBloomberg reported talks in May."},
    ),
    ("denial", "Banker denied bail", {}),
    ("denial", "Embassy denies visa to poet", {}),
    ("denial", "Her talent is undeniable", {}),
    ("denial", "Party in denial", {}),
    ("denial", "Fund declined to comment", {}),
    ("denial", "Club rejects offer", {}),
    ("denial", "The loss cannot be denied", {}),
    ("denied", "Fund denies report on port", {"summary": "The fund denied the report."}),
    ("denied", "Bank lost files", {"summary": "The bank did not respond."}),
    ("denied", "Poet turned back", {"summary": "She was denied entry."}),
    ("press-release", "Group releases hostages to press its case", {}),
    ("press-release", "Press freedom falls", {}),
    ("press-release", "Northgate sells port", {"body": "The port was sold, a press release on Business Wire said."}),
]


@pytest.mark.parametrize(("flag", "headline", "fields"), NO)
def test_what_the_edge_cases_name_does_not(flag: str, headline: str, fields: dict[str, Any]) -> None:
    assert flag.split(":")[0] not in {one.split(":")[0] for one in raised(headline, **fields)}


def test_labels_stack() -> None:
    assert raised("CORRECTED-UPDATE 2-EXCLUSIVE-Port sold to fund", kind="agency") == {
        "correction",
        "update:2",
        "exclusive",
    }
    assert raised("CORRECTED-UPDATE 2-Port sold to fund", kind="agency") == {"correction", "update:2"}


def test_chrome_raises_nothing() -> None:
    assert raised("Port sold to fund", body="It pays in cash.\n\nSee also EXCLUSIVE: Sources say crane fell") == set()


OUTLETS = (
    "Reuters, AP, AFP, dpa, Bloomberg, Wall Street Journal, Financial Times, New York Times, Washington Post, CNN, "
    "BBC, Axios, Politico, Nikkei, Kyodo, Yonhap, Xinhua, TASS, Interfax, Spiegel, Bild, Handelsblatt, Le Monde, "
    "El Pais, Kommersant, Al Jazeera"
)


@pytest.mark.parametrize("outlet", OUTLETS.split(", "))
@pytest.mark.parametrize("headline", ["Fund to buy port – {}", "Fund to buy port: {}", "{}: Fund to buy port"])
def test_outlets_are_named_by_their_usual_short_name(outlet: str, headline: str) -> None:
    assert raised(headline.format(outlet)) == {f"second-hand:{outlet}"}


# --- labels in other languages


WORDS: dict[str, dict[str, str]] = {
    "exclusive": {
        "fr": "Exclusif, Info RTL, Info exclusive",
        "de": "Exklusiv",
        "es": "Exclusiva, Exclusivo, Primicia",
        "it": "Esclusiva",
        "pt": "Exclusivo, Furo",
        "pl": "Tylko u nas, Nasz news",
        "ru": "Эксклюзив",
        "zh": "独家, 獨家",
        "ja": "独自, スクープ",
        "ar": "حصري, انفراد",
    },
    "breaking": {
        "fr": "Dernière minute",
        "de": "Eilmeldung",
        "es": "Última hora",
        "it": "Ultim'ora, Ultim’ora",
        "pt": "Última hora",
        "pl": "Z ostatniej chwili, Pilne",
        "zh": "突发",
        "ja": "速報",
        "ar": "عاجل",
    },
    "urgent": {
        "fr": "Urgent",
        "de": "Eil, Dringend",
        "es": "Urgente",
        "it": "Urgente",
        "pt": "Urgente",
        "ru": "Срочно",
        "zh": "急电",
    },
    "alert": {
        "fr": "Alerte, Alerte info, Flash",
        "de": "Blitz",
        "es": "Alerta",
        "ru": "Молния",
        "zh": "快讯",
    },
    "correction": {
        "fr": "Rectificatif, Erratum, Corrigé",
        "de": "Berichtigung, Korrektur",
        "es": "Corrección, Rectificación, Fe de errores",
        "it": "Rettifica, Errata corrige",
        "pt": "Correção, Errata",
        "pl": "Sprostowanie, Korekta",
        "ru": "Исправление, Уточнение",
        "zh": "更正",
        "ja": "訂正",
        "ar": "تصحيح",
    },
    "update": {
        "fr": "Actualisation, Mise à jour",
        "de": "Aktualisierung",
        "es": "Actualización",
        "it": "Aggiornamento",
        "pt": "Atualização",
        "pl": "Aktualizacja",
        "ru": "Обновлено",
        "zh": "更新",
        "ja": "更新",
        "ar": "تحديث",
    },
    "kill": {
        "fr": "Annulation",
        "de": "Rückruf, Zurückgezogen",
        "es": "Anulación, Anulada",
        "it": "Annullamento",
    },
    "live": {
        "fr": "En direct",
        "de": "Live, Liveticker",
        "es": "En directo, En vivo",
        "it": "In diretta, Diretta",
        "pt": "Ao vivo",
        "pl": "Na żywo, Relacja na żywo",
    },
    "opinion": {
        "fr": "Tribune",
        "de": "Kommentar",
        "es": "Opinión",
        "it": "Commento",
        "pt": "Opinião",
        "pl": "Komentarz, Opinia, Felieton",
    },
}
SENTENCES = {
    "fr": "le port vendu à un fonds",
    "de": "Bericht über Verkauf der Werft",
    "es": "noticia sobre la venta del puerto",
    "it": "notizia sulla vendita del porto",
    "pt": "porto vendido a um fundo",
    "pl": "port sprzedany funduszowi",
    "ru": "порт продан фонду",
    "zh": "港口出售给基金",
    "ja": "港湾をファンドに売却",
    "ar": "بيع الميناء لصندوق",
}
SPACED = [
    (flag, language, word)
    for flag, languages in WORDS.items()
    for language, words in languages.items()
    for word in words.split(", ")
]


@pytest.mark.parametrize(("flag", "language", "word"), SPACED)
def test_label_words_of_other_languages(flag: str, language: str, word: str) -> None:
    sentence = SENTENCES[language]
    capital = sentence[0].upper() + sentence[1:]
    shapes = [f"{word}: {capital}", f"[{word}] {capital}", f"【{word}】{capital}", f"{word} | {capital}"]
    if language not in ("zh", "ja", "ar"):
        shapes += [f"{word.upper()} - {capital}", f"+++ {word} +++ {capital}"]
    for shape in shapes:
        urgency = {"breaking", "urgent", "alert"}
        found = {"urgency" if one in urgency else one for one in raised(shape, language=language, source="RTL")}
        assert found == {"urgency" if flag in urgency else flag}, shape


@pytest.mark.parametrize(
    ("headline", "language"),
    [
        ("Un hôtel exclusif ouvre à Nice", "fr"),
        ("Una edición exclusiva de la novela", "es"),
        ("Alerta sanitaria en tres provincias", "es"),
        ("Alerta sanitaria en Cádiz: cierran playas", "es"),
        ("Korrektur an der Börse", "de"),
        ("Korrektur an der Börse: Dax fällt", "de"),
        ("Flash-Speicher wird teurer", "de"),
        ("На рынке коррекция", "ru"),
        ("Коррекция: рынок падает", "ru"),
        ("独家赞助商退出", "zh"),
        ("独家赞助：品牌退出联赛", "zh"),
    ],
)
def test_the_same_words_inside_a_sentence_are_no_labels(headline: str, language: str) -> None:
    assert raised(headline, language=language) == set()


# --- entities and keywords


XI = Entity("Xi Jinping", ("Xi",))
PUTIN = Entity("Vladimir Putin", ("Putin", "Путин", "بوتين"))
TURKEY = Entity("Turkey", ("Turcja",))


@pytest.mark.parametrize(
    ("entity", "headline", "fields", "spans"),
    [
        (XI, "Night train to Xi'an", {}, []),
        (XI, "Night train to Xi’an", {}, []),
        (PUTIN, "Rasputin play opens", {}, []),
        (Entity("Apple"), "Pineapple crop fails", {}, []),
        (PUTIN, "Putin-backed list wins", {}, ["Putin"]),
        (XI, "Xi-Putin talks open", {}, ["Xi"]),
        (PUTIN, "Xi-Putin talks open", {}, ["Putin"]),
        (XI, "Talks of Putin/Xi open", {}, ["Xi"]),
        (XI, "Xi's train leaves", {}, ["Xi"]),
        (PUTIN, "Putin’s train leaves", {}, ["Putin"]),
        (Entity("Christine Lagarde", ("Lagarde",)), "Lagarde's speech", {}, ["Lagarde"]),
        (Entity("Ford"), "Villagers ford the river", {}, []),
        (Entity("Apple"), "Good apple crop", {}, []),
        (Entity("Fed"), "Keeper fed the birds", {}, []),
        (XI, "Injury in the playing XI", {}, []),
        (XI, "Letter of Pius XI", {}, []),
        (XI, "XI LEAVES FOR MOSCOW TALKS", {}, ["XI"]),
        (PUTIN, "XI MEETS PUTIN IN MOSCOW", {}, ["PUTIN"]),
        (TURKEY, "Turkey prices soar", {"summary": "Shops sell frozen turkey at a loss."}, []),
        (TURKEY, "EXCLUSIVE: Turkey prices soar", {"summary": "Shops sell frozen turkey at a loss."}, []),
        (TURKEY, "TURKEY PRICES SOAR IN MAY", {"summary": "Shops sell frozen turkey at a loss."}, []),
        (TURKEY, "Shops Cut Turkey Prices Again", {"summary": "They sell frozen turkey at a loss."}, []),
        (TURKEY, "Prices soar in Turkey", {"summary": "Shops sell frozen turkey at a loss."}, ["Turkey"]),
        (Entity("Theresa May"), "Putin May Visit in May", {}, []),
        (Entity("Christine Lagarde"), "Lagarde speaks in Sintra", {}, []),
        (Entity("Christine Lagarde"), "Christine Lagarde speaks in Sintra", {}, ["Christine Lagarde"]),
        (
            Entity("Christine Lagarde"),
            "Lagarde speaks in Sintra",
            {"summary": "Christine Lagarde was cautious."},
            ["Lagarde", "Christine Lagarde"],
        ),
        (Entity("Ford", not_=("Gerald Ford",)), "Gerald Ford museum gets gift from Ford", {}, ["Ford"]),
        (Entity("Ford", not_=("Harrison Ford",)), "HARRISON-FORD FILM OPENS", {}, []),
        (PUTIN, "Визит Путина отложен", {"language": "ru"}, ["Путина"]),
        (PUTIN, "Разговор с Путиным", {"language": "ru"}, ["Путиным"]),
        (PUTIN, "Rozmowa z Putinem", {"language": "pl"}, ["Putinem"]),
        (TURKEY, "Dostawy do Turcji", {"language": "pl"}, ["Turcji"]),
        (PUTIN, "Путинский блок", {"language": "ru"}, []),
        (PUTIN, "Putinismus als Thema", {"language": "de"}, []),
        (PUTIN, "لقاء قصير وبوتين يغادر", {"language": "ar"}, ["بوتين"]),
        (PUTIN, "دعوة لبوتين", {"language": "ar"}, ["بوتين"]),
        (PUTIN, "لقاء فبوتين", {"language": "ar"}, ["بوتين"]),
        (PUTIN, "لقاء ببوتين", {"language": "ar"}, ["بوتين"]),
        (PUTIN, "كبوتين", {"language": "ar"}, ["بوتين"]),
        (Entity("Xi Jinping", ("习近平",)), "中国国家主席习近平访问", {"language": "zh"}, ["习近平"]),
    ],
)
def test_entities(entity: Entity, headline: str, fields: dict[str, Any], spans: list[str]) -> None:
    flagger = Flagger(Watch(entities=(entity.name,)), (entity,))
    found = [one.text for one in flagger.flags(item(headline, **fields)) if one.flag == f"entity:{entity.name}"]
    assert found == spans


@pytest.mark.parametrize(
    ("keyword", "headline", "span"),
    [
        ("rate hike", "Markets fear rate hikes", "rate hike"),
        ("rate hike", "A rate hike's cost", "rate hike"),
        ("rate hike", "No rate-hike in May", "rate-hike"),
        ("rate hike", "RATE HIKE LOOMS OVER BANKS", "RATE HIKE"),
        ("ceasefire", "Cease-fire holds", "Cease-fire"),
        ("rate hike", "Rate hiked again", None),
        ("tsunami", "Tsunamigenic fault mapped", None),
        ("Exclusive", "An exclusive club", None),
        ("Exclusive", "Exclusive: A club closes", "Exclusive"),
        ("exclusive", "A club closes – EXCLUSIVE", "EXCLUSIVE"),
        ("Live", "Where the rich live: a map", None),
        ("Urgent", "Urgent: A club closes", "Urgent"),
    ],
)
def test_keywords(keyword: str, headline: str, span: str | None) -> None:
    flags = Flagger(Watch(keywords=(keyword,))).flags(item(headline))
    assert [one.text for one in flags if one.flag == f"keyword:{keyword}"] == ([span] if span else [])


# --- credit, dateline, chrome


def test_dateline_place_and_credit() -> None:
    read = item("Port sold", body="HONG KONG/BEIJING, March 13 (Reuters) - The port was sold.")
    assert (read.dateline, read.place, read.credit, read.body) == (
        "HONG KONG/BEIJING, March 13 (Reuters) -",
        "HONG KONG/BEIJING",
        "Reuters",
        "The port was sold.",
    )
    assert item("Port sold", body="The port was sold, Reuters reported.").credit is None


@pytest.mark.parametrize("line", ["(Adds quotes)", "(Corrects year to 2028)", "(ATTN: RECASTS with remarks)"])
def test_a_bracketed_advisory_line_becomes_the_ednote(line: str) -> None:
    read = item("Port sold", body=f"{line}\n\nThe port was sold.")
    assert (read.ednote, read.body) == (line[1:-1], "The port was sold.")


def test_sentences_that_begin_like_chrome_stay() -> None:
    body = "Read more slowly, the ruling says something else."
    assert item("Port sold", body=f"The port was sold.\n\n{body}").body == f"The port was sold.\n\n{body}"
