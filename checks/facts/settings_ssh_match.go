package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// matches adds what Match blocks allow to some, by sshd_config(5): in a block its own
// settings stand in place of those for everyone, the first of each keyword counting.
func (s *SSHServer) matches(all []sshdSetting) {
	var done []string
	for _, m := range all {
		if m.match == "" || slices.Contains(done, m.match) {
			continue
		}
		done = append(done, m.match)
		if fromItself(m.match) {
			continue
		}
		password := inMatch(all, m.match, "passwordauthentication")
		if strings.EqualFold(password.value, "no") {
			continue
		}
		root, empty := inMatch(all, m.match, "permitrootlogin"), inMatch(all, m.match, "permitemptypasswords")
		if strings.EqualFold(root.value, "yes") && s.RootPassword == No && forRoot(m.match) {
			s.RootPassword, s.RootPasswordAt = Yes, matchPlaces(root, password)
		}
		if strings.EqualFold(empty.value, "yes") && s.EmptyPassword == No {
			s.EmptyPassword, s.EmptyAt = Yes, matchPlaces(empty, password)
		}
	}
}

// inMatch gives the value of a keyword inside a block: its own, or that for everyone.
func inMatch(all []sshdSetting, match, key string) sshdSetting {
	for _, s := range all {
		if s.key == key && s.match == match {
			return s
		}
	}
	s, _ := sshdValue(all, key)
	return s
}

func matchPlaces(settings ...sshdSetting) []assay.Location {
	var at []assay.Location
	for _, s := range settings {
		if s.match != "" {
			at = append(at, s.at)
		}
	}
	for _, s := range settings {
		if at == nil && s.key != "" {
			at = append(at, s.at)
		}
	}
	return at
}

// criterion gives the patterns of one criterion of a Match line.
func criterion(match, name string) []string {
	words := strings.Fields(strings.ReplaceAll(match, "=", " "))
	for i := 0; i+1 < len(words); i++ {
		if strings.EqualFold(words[i], name) {
			return strings.Split(words[i+1], ",")
		}
	}
	return nil
}

// forRoot reports whether a block may be for root: it names no users, or root among them.
func forRoot(match string) bool {
	users := criterion(match, "User")
	if users == nil {
		return true
	}
	yes := false
	for _, u := range users {
		pattern, not := strings.CutPrefix(u, "!")
		if ok, _ := path.Match(pattern, "root"); ok && not {
			return false
		} else if ok {
			yes = true
		}
	}
	return yes
}

// fromItself reports whether a block is for connections from the device itself only.
func fromItself(match string) bool {
	for _, name := range []string{"Address", "Host", "LocalAddress"} {
		from := criterion(match, name)
		if from != nil && !slices.ContainsFunc(from, func(a string) bool {
			a, _, _ = strings.Cut(a, "/")
			return !isLoopback(a)
		}) {
			return true
		}
	}
	return false
}

// protocol1 gives the line that asks for version 1 of the protocol, which servers took
// up to OpenSSH 7.3.
func protocol1(all []sshdSetting) []assay.Location {
	s, ok := sshdValue(all, "protocol")
	if !ok || !slices.ContainsFunc(strings.Split(s.value, ","), func(v string) bool { return strings.TrimSpace(v) == "1" }) {
		return nil
	}
	return []assay.Location{s.at}
}
