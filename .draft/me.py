import json,urllib.request,urllib.parse,time,sys
from playwright.sync_api import sync_playwright
cdp,lab=open("/tmp/walk/addr").read().split()
u=urllib.parse.urlsplit(lab); tok=urllib.parse.parse_qs(u.query)["token"][0]
def cell(src): return dict(cell_type="code",id="c%d"%abs(hash(src)),metadata={},outputs=[],execution_count=None,source=src)
nb=dict(cells=[cell('lab.views.relay.live("lab-x6")'),cell("%%sh\nkubectl create namespace lab-x6 2>/dev/null || true\nkubectl -n lab-x6 delete deployment hello --ignore-not-found\nkubectl -n lab-x6 apply -f cluster/hello.yaml\nkubectl -n lab-x6 rollout status deployment hello --timeout=5m"),cell('lab.views.cluster.live("lab-x6")')],metadata=json.load(open("/work/main/notebooks/07-pods.ipynb"))["metadata"],nbformat=4,nbformat_minor=5)
req=urllib.request.Request(f"{u.scheme}://{u.netloc}/api/contents/zz.ipynb",method="PUT",data=json.dumps(dict(type="notebook",format="json",content=nb)).encode(),headers={"Authorization":f"token {tok}"})
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(req).read()
with sync_playwright() as p:
    b=p.chromium.connect_over_cdp(cdp)
    for name,w,scheme in (("narrow",1024,"light"),):
        ctx=b.new_context(viewport={"width":w,"height":1100}); page=ctx.new_page()
        page.goto(f"{u.scheme}://{u.netloc}/lab/workspaces/me{name}/tree/zz.ipynb?token={tok}")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell",timeout=60000); time.sleep(3)
        page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+B") 
        for _ in range(3): page.keyboard.press("Shift+Enter"); time.sleep(4 if _!=1 else 8)
        time.sleep(3); page.mouse.wheel(0,-3000); time.sleep(1)
        page.screenshot(path=f"/tmp/walk/shots/me-{name}.png")
        try:
            page.locator(".lk-beside").first.click(); time.sleep(3); page.screenshot(path=f"/tmp/walk/shots/me-{name}-beside.png")
        except Exception as e: print(e)
        ctx.close()
