"""Agency texts on other people's sites, each with its own kind of chrome: clean bodies, right fields.

All texts are invented. Each has sentences that begin with the very words of the chrome around it; they stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wirewatch.config.settings import Watch
from wirewatch.engine.parse.build import Markup, Raw, Scene, document
from wirewatch.flags import Flagger
from wirewatch.model import Item, Source


@dataclass(frozen=True)
class Page:
    """A page's text as its feed carries it, and what a desk reads in it."""

    site: str
    headline: str
    html: str
    body: str
    credit: str | None
    dateline: str | None
    place: str | None
    byline: str | None
    ednote: str | None
    flags: frozenset[str]
    language: str = "en"


WORDPRESS = Page(
    site="Fjordside Blog",
    headline="Exclusive: Harbour board weighs sale of two piers, sources say",
    html="""
<p class="share">Share this:</p>
<ul><li>Click to share on X (Opens in new window)</li>
<li>Click to share on Facebook (Opens in new window)</li>
<li>Tweet</li></ul>
<p>By Ana Lund and Piet Maas</p>
<p>OSLO, Norway (AP) — The harbour board is weighing a sale of two piers, two people familiar with the plan said on
Monday.</p>
<p>Share prices of both bidders rose. Related costs would be borne by the city, the people said.</p>
<h3>Related Posts</h3>
<ul><li>Exclusive: Sources say crane fell on purpose</li>
<li>Breaking: Ferry denies fault in crash</li>
<li>Putin, Xi and a barge</li></ul>
<p>Comments by the mayor had unsettled the crews, who were told in May that no pier would be sold.</p>
<p>Read more slowly, the charter of 1911 allows a sale only after a vote.</p>
<p>___</p>
<p>Associated Press writer Jo Berg in Bergen contributed to this report.</p>
<p>Copyright 2026 The Associated Press. All rights reserved. This material may not be published, broadcast, rewritten
or redistributed without permission.</p>
<p>Like this:</p>
<p>Like Loading...</p>
<p>The post Exclusive: Harbour board weighs sale of two piers, sources say appeared first on Fjordside Blog.</p>
<h3>Leave a Reply Cancel reply</h3>
<p>Your email address will not be published. Required fields are marked *</p>
<p>Comment *</p>
<p>Name *</p>
<p>Email *</p>
<p>Website</p>
<p>Save my name, email, and website in this browser for the next time I comment.</p>
<p>Notify me of follow-up comments by email.</p>
<p>This site uses Akismet to reduce spam. Learn how your comment data is processed.</p>
""",
    body="The harbour board is weighing a sale of two piers, two people familiar with the plan said on Monday.\n\n"
    "Share prices of both bidders rose. Related costs would be borne by the city, the people said.\n\n"
    "Comments by the mayor had unsettled the crews, who were told in May that no pier would be sold.\n\n"
    "Read more slowly, the charter of 1911 allows a sale only after a vote.",
    credit="AP",
    dateline="OSLO, Norway (AP) —",
    place="OSLO, Norway",
    byline="Ana Lund and Piet Maas",
    ednote=None,
    flags=frozenset(("exclusive", "sourced-anonymous")),
)

SYNDICATED = Page(
    site="Coast Herald",
    headline="UPDATE 2-Grain terminal halts loading after fire",
    html="""
<p>2 min read</p>
<p>Listen to this article</p>
<p>(Adds comment from operator, paragraph 4)</p>
<p>CONSTANTA/LONDON, March 14 (Reuters) - A grain terminal stopped loading on Tuesday after a fire in a silo.</p>
<p>Advertisement</p>
<p>Also Read: Exclusive - Minister denies report of strike, sources say</p>
<p>Advertisement spending by the port fell last year, and so did its income.</p>
<p>Follow us on Google News and WhatsApp for breaking stories</p>
<p>The operator said the silo held barley. "Follow the grain and you find the fault," its chief said.</p>
<p>Subscribe to our newsletter</p>
<p>Get the day's top stories straight to your inbox</p>
<p>Enter your email address</p>
<p>By signing up, you agree to our Terms of Service and Privacy Policy</p>
<p>Subscribers of the port's own alarm service had been warned at dawn.</p>
<p>Most Read</p>
<ul><li>Live: Storm Ada nears the delta</li>
<li>Opinion: Sell the port</li></ul>
<p>Loading will not begin again before Friday. ($1 = 4.55 lei)</p>
<p>(Reporting by Ilinca Marin in Constanta and Tom Reed in London; Writing by Eva Stroud; Editing by Jo Berg)</p>
<p>Our Standards: The Thomson Reuters Trust Principles.</p>
<p>(This story has not been edited by Coast Herald staff and is auto-generated from a syndicated feed.)</p>
<p>Tags: fire, grain, Black Sea</p>
""",
    body="A grain terminal stopped loading on Tuesday after a fire in a silo.\n\n"
    "Advertisement spending by the port fell last year, and so did its income.\n\n"
    'The operator said the silo held barley. "Follow the grain and you find the fault," its chief said.\n\n'
    "Subscribers of the port's own alarm service had been warned at dawn.\n\n"
    "Loading will not begin again before Friday.",
    credit="Reuters",
    dateline="CONSTANTA/LONDON, March 14 (Reuters) -",
    place="CONSTANTA/LONDON",
    byline="Ilinca Marin and Tom Reed",
    ednote="Adds comment from operator, paragraph 4",
    flags=frozenset(("update:2",)),
)

GERMAN = Page(
    site="Nordkreis Kurier",
    headline="Werft streicht 900 Stellen",
    language="de",
    html="""
<p>Wir verwenden Cookies, um Ihnen die bestmögliche Nutzung unserer Website zu ermöglichen.</p>
<p>Alle akzeptieren</p>
<p>Artikel teilen</p>
<p>Facebook | X | WhatsApp | E-Mail</p>
<p>Husum (dpa/lno) - Die Werft am Außenhafen streicht jede dritte Stelle. Das teilte die Geschäftsführung mit.</p>
<p>Lesen Sie auch: Exklusiv – Insider: Minister dementiert Verkauf</p>
<p>Anzeige erstattete am Abend die Gewerkschaft, weil sie nicht gehört worden sei.</p>
<p>Anzeige</p>
<p>Mehr zum Thema:</p>
<ul><li>Kommentar: Rettet die Werft</li>
<li>Liveticker zum Sturm an der Küste</li></ul>
<p>Teilen der Belegschaft wurde schon im Mai gekündigt.</p>
<p>Newsletter abonnieren</p>
<p>Melden Sie sich jetzt für unseren Newsletter an</p>
<p>Kommentare aus dem Ministerium gab es nicht.</p>
<p>Das könnte Sie auch interessieren</p>
<p>© dpa-infocom, dpa:260314-99-123456/3</p>
<p>Zur Startseite</p>
""",
    body="Die Werft am Außenhafen streicht jede dritte Stelle. Das teilte die Geschäftsführung mit.\n\n"
    "Anzeige erstattete am Abend die Gewerkschaft, weil sie nicht gehört worden sei.\n\n"
    "Teilen der Belegschaft wurde schon im Mai gekündigt.\n\n"
    "Kommentare aus dem Ministerium gab es nicht.",
    credit="dpa",
    dateline="Husum (dpa/lno) -",
    place="Husum",
    byline=None,
    ednote=None,
    flags=frozenset(),
)

SPANISH = Page(
    site="El Faro del Norte",
    headline="El astillero negocia su venta, según fuentes cercanas",
    language="es",
    html="""
<p>Compartir en Facebook</p>
<p>Compartir en X</p>
<p>Compartir</p>
<p>Gijón, 14 mar (EFE).- El astillero negocia la venta de sus dos diques, según fuentes cercanas a la operación.</p>
<p>Te puede interesar: Última hora, el ministro niega la dimisión</p>
<p>Compartir los gastos con el ayuntamiento es la condición del comprador.</p>
<p>Publicidad</p>
<p>Publicidad y patrocinio suman la mitad de los ingresos del astillero.</p>
<p>Suscríbete a nuestro boletín y recibe las noticias cada mañana</p>
<p>Noticias relacionadas</p>
<ul><li>Exclusiva: así cayó la grúa del muelle</li>
<li>En directo la tormenta Ada</li></ul>
<p>Los sindicatos pidieron una reunión urgente. EFE</p>
<p>Síguenos en Google News</p>
<p>Lea también: Opinión, vender el puerto</p>
<p>Deja una respuesta</p>
<p>Tu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *</p>
<p>Comentario *</p>
<p>Nombre *</p>
<p>Correo electrónico *</p>
""",
    body="El astillero negocia la venta de sus dos diques, según fuentes cercanas a la operación.\n\n"
    "Compartir los gastos con el ayuntamiento es la condición del comprador.\n\n"
    "Publicidad y patrocinio suman la mitad de los ingresos del astillero.\n\n"
    "Los sindicatos pidieron una reunión urgente.",
    credit="EFE",
    dateline="Gijón, 14 mar (EFE).-",
    place="Gijón",
    byline=None,
    ednote=None,
    flags=frozenset(("sourced-anonymous",)),
)

RUSSIAN = Page(
    site="Северный курьер",
    headline="Верфь сократит девятьсот рабочих",
    language="ru",
    html="""
<p>Поделиться</p>
<p>Телеграм ВКонтакте Одноклассники</p>
<p>МУРМАНСК, 14 марта. /ТАСС/. Верфь сократит каждого третьего рабочего, сообщила дирекция.</p>
<p>Читайте также: Эксклюзив: источник опроверг продажу порта</p>
<p>Поделиться убытками с городом верфь предложила ещё в мае.</p>
<p>Реклама</p>
<p>Реклама верфи на причалах обошлась дороже ремонта.</p>
<p>Материалы по теме</p>
<ul><li>Молния ударила в портовый кран</li>
<li>Срочно требуются сварщики на верфь</li></ul>
<p>Профсоюз потребовал переговоров.</p>
<p>Подписывайтесь на наш канал в Telegram</p>
<p>Нашли ошибку? Выделите её и нажмите Ctrl+Enter</p>
<p>Оставить комментарий</p>
""",
    body="Верфь сократит каждого третьего рабочего, сообщила дирекция.\n\n"
    "Поделиться убытками с городом верфь предложила ещё в мае.\n\n"
    "Реклама верфи на причалах обошлась дороже ремонта.\n\n"
    "Профсоюз потребовал переговоров.",
    credit="TASS",
    dateline="МУРМАНСК, 14 марта. /ТАСС/.",
    place="МУРМАНСК",
    byline=None,
    ednote=None,
    flags=frozenset(),
)

CHINESE = Page(
    site="海港日报",
    headline="港口集团裁员三成",
    language="zh",
    html="""
<p>分享到：微信 微博 QQ空间</p>
<p>新华社厦门3月14日电 港口集团宣布裁员三成，工会要求谈判。</p>
<p>相关阅读：独家：知情人士否认出售码头</p>
<p>广告</p>
<p>广告收入占集团收入的一成。</p>
<p>分享收益的方案五月被否决。</p>
<p>责任编辑：林海</p>
<p>扫描二维码关注我们</p>
<p>点击查看更多</p>
""",
    body="港口集团宣布裁员三成，工会要求谈判。\n\n广告收入占集团收入的一成。\n\n分享收益的方案五月被否决。",
    credit="Xinhua",
    dateline="新华社厦门3月14日电",
    place="厦门",
    byline=None,
    ednote=None,
    flags=frozenset(),
)

PAGES = [WORDPRESS, SYNDICATED, GERMAN, SPANISH, RUSSIAN, CHINESE]


def item_of(page: Page) -> Item:
    raw = Raw(title=Markup(page.headline), body=Markup(page.html, html=True), guid="1")
    return document("rss", [raw], Scene(Source(page.site, ""), 0.0), language=page.language).items[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.site)
def test_a_republishers_page_comes_out_clean(page: Page) -> None:
    item = item_of(page)
    assert item.body == page.body
    assert (item.credit, item.dateline, item.place) == (page.credit, page.dateline, page.place)
    assert (item.byline, item.ednote) == (page.byline, page.ednote)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.site)
def test_no_rule_matches_a_word_of_chrome(page: Page) -> None:
    chrome = ("Putin", "crane", "reply", "Akismet", "newsletter", "cookie", "ferry")
    flags = Flagger(Watch(keywords=chrome, entities=("Xi",))).flags(item_of(page))
    assert {one.flag for one in flags} == page.flags
