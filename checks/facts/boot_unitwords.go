package facts

import (
	"maps"
	"slices"
	"strings"
)

// unitCommands parts a line at its lone semicolons (systemd.service(5)).
func unitCommands(words []string) (commands [][]string) {
	for len(words) > 0 {
		i := slices.Index(words, ";")
		if i < 0 {
			i = len(words)
		}
		if i > 0 {
			commands = append(commands, words[:i:i])
		}
		words = words[min(i+1, len(words)):]
	}
	return commands
}

// environment reads the variables that a unit sets.
func (g *boot) environment(u unit) map[string]string {
	env := map[string]string{}
	for _, s := range u.values("Service", "Environment") {
		for _, w := range unitWords(s.value) {
			putVariable(env, w)
		}
	}
	for _, s := range u.values("Service", "EnvironmentFile") {
		env = g.withVariables(env, strings.TrimPrefix(s.value, "-"))
	}
	return env
}

// putVariable notes a variable NAME=VALUE.
func putVariable(env map[string]string, s string) {
	if k, v, ok := strings.Cut(s, "="); ok && len(env) < 1024 {
		env[strings.TrimSpace(k)] = strings.Trim(strings.TrimSpace(v), `"'`)
	}
}

// withVariables adds those of a file to a copy.
func (g *boot) withVariables(env map[string]string, file string) map[string]string {
	env = maps.Clone(env)
	if t, ok := g.texts.Get(g.root, file); ok {
		for line := range t.Lines() {
			if !strings.HasPrefix(strings.TrimSpace(line.Text), "#") {
				putVariable(env, line.Text)
			}
		}
	}
	return env
}

// expandUnit replaces $NAME (split at blanks) and ${NAME}; an unset one is empty.
func expandUnit(words []string, env map[string]string) []string {
	var out []string
	for _, w := range words {
		name, ok := strings.CutPrefix(w, "$")
		if ok && !strings.HasPrefix(name, "{") && !strings.ContainsAny(name, "$/ ") {
			out = append(out, strings.Fields(env[name])...)
			continue
		}
		for range 8 {
			i := strings.Index(w, "${")
			j := strings.IndexByte(w[max(i, 0):], '}')
			if i < 0 || j < 0 || len(w) > maxWord {
				break
			}
			w = w[:i] + env[w[i+2:i+j]] + w[i+j+1:]
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out[:min(len(out), maxFields)]
}

// unitWords splits a command line as systemd does: blanks, quotes of both
// kinds, backslashes.
func unitWords(s string) []string {
	var words []string
	var b strings.Builder
	open, quote := false, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			open = true
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteByte(c)
			}
		case c == '"' || c == '\'':
			quote, open = c, true
		case c == ' ' || c == '\t':
			if open {
				words = append(words, b.String())
				b.Reset()
				open = false
			}
		default:
			b.WriteByte(c)
			open = true
		}
	}
	if open {
		words = append(words, b.String())
	}
	return words
}
