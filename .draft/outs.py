import sys,tempfile,shutil,os
from pathlib import Path
from labkit import paths
from labkit.course import chapters, prepare
from labkit.report import Report
from labkit.workspace.player import Player
lesson=chapters.load(sys.argv[1])
prepare.get_ready(lesson,Report())
with tempfile.TemporaryDirectory() as f:
    shutil.copytree(paths.notebooks,f,dirs_exist_ok=True)
    with Player(Path(f)/lesson.notebook) as p:
        for c in p.cells:
            r=p.play(c)
            print(f"=== {c.id} {r.seconds:.1f}s {r.error or ''}")
            for o in r.outputs:
                if o.output_type=="stream": print(o.text,end="")
                elif o.output_type=="error": print("\n".join(o.traceback))
                else: print(str(o.data.get("text/plain",""))[:2500])
            if r.error: break
