import json
from pathlib import Path
from app import autowebinar, core, clock

CONTENT = json.loads(Path("/work/main/app/demo/autowebinar.json").read_text())
def test_smoke(app, client, make):
    w = make.webinar(slug="partner-channel")
    v = autowebinar.create_version(w.webinar_id, CONTENT)
    autowebinar.publish(w.webinar_id, v.version_id)
    r = make.registration(w)
    assert client.get("/autowebinar/partner-channel/").status_code == 303
    a = client.get(f"/r/{r.token}/", follow_redirects=True)
    print(a.status_code, a.text)
