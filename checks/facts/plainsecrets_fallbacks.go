package facts

import "strings"

// A program that takes a password from its surroundings or its arguments, and has one of
// its own where nobody gives any: most devices run with that.
var (
	// environmentFallback is what stands behind the variable of an environment:
	// process.env.X || 'y', os.getenv("X") or "y", getenv('X') ?: 'y', ENV['X'] || 'y'.
	environmentFallback = lazy(`(?:process\.env\.|(?:process\.env|ENV|environ)\[["']|(?:getenv|environ\.get|\benv)\(\s*["'])([A-Za-z0-9_]+)["'\])]{0,4}\s*(?:\bor\b|\|\||\?\?|\?:)\s*b?["']([^"'\s]+)["']`)
	// argumentFallback is the default of an argument: add_argument('--password', default='y').
	argumentFallback = lazy(`(?:add_argument|\.option)\([^()]*?["']--?([A-Za-z0-9_-]+)["'][^()]*?\bdefault\s*=\s*["']([^"'\s]+)["']`)
)

// fallbackSecrets finds such passwords in a line of a program.
func fallbackSecrets(line string) []PlainSecret {
	var found []PlainSecret
	add := func(form *pattern) {
		for _, m := range form.Get().FindAllStringSubmatch(line, 16) {
			if word := strings.TrimRight(m[2], "0123456789"); !isStrongWord(m[2]) || isFieldName(word) && !isListed(m[2]) {
				continue
			}
			found = appendSecret(found, strings.TrimLeft(m[1], "-"), m[2])
		}
	}
	if holdsAny(line, []string{"getenv(", "environ", "env(", "process.env", "ENV["}) {
		add(environmentFallback)
	}
	if strings.Contains(line, "default") && (strings.Contains(line, "add_argument(") || strings.Contains(line, ".option(")) {
		add(argumentFallback)
	}
	return found
}
