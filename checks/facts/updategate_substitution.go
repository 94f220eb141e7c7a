package facts

import (
	"slices"
	"strings"
)

// told are the files that the words of a substitution name.
func (g *gate) told(word string) []string {
	if !Unresolved(word) {
		return nil
	}
	var names []string
	for _, text := range sortedKeys(g.within) {
		if strings.Contains(word, text) {
			names = append(names, g.onlyKnown(slices.Clone(g.within[text]))...)
		}
	}
	return names
}

// hear notes the files that the commands of a substitution name.
func (g *gate) hear(c *Command, program string) {
	if program == "mount" {
		g.mounted = true
	}
	if g.heard == nil {
		return
	}
	h := g.heard
	h.files = append(h.files, g.words(c)...)
	_, args := c.Effective()
	for _, a := range args {
		h.files = append(h.files, g.told(a)...)
	}
	switch {
	case fetches(c) && len(g.fetchedTo(c)) == 0:
		g.files[streamed] = &gateFile{fetched: true}
		h.files = append(h.files, streamed)
	case program == "openssl" && c.Has("-hmac"):
		h.odd = "openssl -hmac"
	case program != "" && !standardTool(program) && program != "openssl":
		h.odd = program
	}
}

// hearing is what a substitution's commands handle.
type hearing struct {
	files []string
	odd   string // a program whose answer is not known
}

func (g *gate) listen(f func()) *hearing {
	was, h := g.heard, &hearing{}
	g.heard = h
	f()
	g.heard = was
	if was != nil {
		was.files = append(was.files, h.files...)
	}
	return h
}

func (g *gate) note(text string, h *hearing) {
	if !Unresolved(text) {
		return
	}
	if len(h.files) > 0 {
		g.within[text] = h.files
	}
	if h.odd != "" && (slices.ContainsFunc(h.files, g.bad) || soundsLikeCheck(h.odd)) {
		g.checker[text] = h.odd
	}
}
