package facts

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
