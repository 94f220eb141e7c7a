package facts

import "strings"

// givenSettings gives the settings that a daemon is told of on its command line: those of
// the image, or what the boot writes there. Where there are none, the service is marked as
// one whose settings were not seen.
func (g *boot) givenSettings(s *Service, name string) (Text, bool) {
	t, ok := g.texts.Get(g.root, name)
	if !ok {
		t, ok = g.current("/" + cleanName(name))
	}
	if !ok && s.Unread == "" {
		s.Unread = cleanName(name)
	}
	return t, ok
}

// settingsOf gives the settings that a daemon is given, and only where it is given none
// the first of the usual ones that the image has.
func (g *boot) settingsOf(s *Service, given []string, usual ...string) (Text, bool) {
	if len(given) > 0 {
		return g.givenSettings(s, given[0])
	}
	for _, name := range usual {
		if t, ok := g.texts.Get(g.root, name); ok {
			return t, true
		}
	}
	return Text{}, false
}

// takesIn gives the file that settings take in. Where the image does not hold what lies
// in memory or on another file system, such as a folder that the device fills, the
// service is marked as one whose settings were not all seen.
func (g *boot) takesIn(s *Service, name string) (Text, bool) {
	if t, ok := g.texts.Get(g.root, name); ok {
		return t, true
	}
	if t, ok := g.current("/" + cleanName(name)); ok {
		return t, true
	}
	if s.Unread == "" && g.filledLater(name) {
		s.Unread = cleanName(name)
	}
	return Text{}, false
}

// filledLater reports whether what fits an absolute name or pattern lies in memory or on
// another file system, and nothing of it is in the image.
func (g *boot) filledLater(name string) bool {
	if !strings.HasPrefix(name, "/") {
		return false
	}
	clean := g.leadsTo(cleanName(name))
	if !g.inMemory(clean+"/x") && outcomeElsewhere(clean+"/x") != unsure {
		return false
	}
	for _, found := range g.glob(name) {
		if _, isFolder := g.dirs[cleanName(found)]; !isFolder || len(g.filesIn(found)) > 0 {
			return false
		}
	}
	return true
}
