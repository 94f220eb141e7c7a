package facts

import (
	"path"
	"slices"
)

// runners are programs that start one which settings or an archive name, by the first of
// the words with which they do; without any they always do.
var runners = map[string][]string{
	"npm": {"start", "run", "run-script", "exec"}, "yarn": {"start", "run"}, "pnpm": {"start", "run", "exec"}, "npx": nil,
	"pm2": {"start", "resurrect", "startOrRestart"}, "pm2-runtime": nil, "forever": {"start"}, "nodemon": nil,
	"uwsgi": nil, "gunicorn": nil, "uvicorn": nil, "hypercorn": nil,
}

// runner notes a program that starts others which are not followed.
func (g *boot) runner(l *launch) {
	name, args := path.Base(l.words[0]), l.words[1:]
	words, known := runners[name]
	if !known || len(args) == 0 || hasFlag(args, "-version", "--version", "-V", "--help", "-h") || len(words) > 0 && !slices.ContainsFunc(args, func(a string) bool { return slices.Contains(words, a) }) {
		return
	}
	g.unjudge(l.cmd.Location, name+" starts a program that is not followed")
}
