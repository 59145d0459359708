import pytest
from app import core, live
from app.extensions import db
from tests.browser.test_live_studio import speaks
from tests.browser.studios import enter
from app.blueprints.studio import live_steps
pytestmark = pytest.mark.browser
D={"width":1440,"height":900}; P={"width":360,"height":740}
def test_x(speaks, make, app, site, chromium):
    admin = make.user("admin", name="Ольга Админ")
    a = speaks(D); b = speaks(P, color_scheme="dark"); 
    a.open("broadcast/stream/"); a.page.screenshot(path="/tmp/liveraces/s_desk.png")
    core.webinars.edit(b.webinar.webinar_id, stream_type="zoom", stream_source="https://zoom.us/j/1234567890?pwd=abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"); db.session.remove()
    b.open("broadcast/stream/"); b.page.screenshot(path="/tmp/liveraces/s_phone.png", full_page=True); b.fits()
    ctx = chromium.new_context(viewport=P, locale="ru-RU"); enter(ctx, app, site, admin); pg = ctx.new_page()
    pg.goto(f"{site}/studio/{b.slug}/broadcast/stream/"); pg.screenshot(path="/tmp/liveraces/adm_phone.png", full_page=True)
    pg.goto(f"{site}/studio/{b.slug}/broadcast/"); pg.screenshot(path="/tmp/liveraces/adm_b_phone.png", full_page=True)
    ctx2 = chromium.new_context(viewport=D, locale="ru-RU"); enter(ctx2, app, site, admin); pg2 = ctx2.new_page()
    pg2.goto(f"{site}/studio/{a.slug}/broadcast/stream/"); pg2.screenshot(path="/tmp/liveraces/adm_desk.png", full_page=True)
    q = live.questions.ask(make.registration(core.webinars.by_slug(a.slug)), "Плохой вопрос?", at_sec=0, form_key=None)
    live.questions.hide(core.webinars.by_slug(a.slug).webinar_id, q); db.session.remove()
    a.open("live/"); a.page.locator("#questions-away").click(); a.page.screenshot(path="/tmp/liveraces/console.png", full_page=True)
    for step in ("start","stop"): live_steps.take(step, b.webinar.webinar_id, b.user)
    db.session.remove()
    b.open("broadcast/"); b.page.screenshot(path="/tmp/liveraces/over_phone.png", full_page=True); b.fits()
    ctx.close(); ctx2.close()
