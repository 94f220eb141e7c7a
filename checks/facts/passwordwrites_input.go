package facts

import (
	"path"
	"strings"
)

// input is what a command reads: some tells whether anything is given to it,
// and ok whether all of it is known.
func (r *commandReader) input(i int) (text string, some, ok bool) {
	for _, d := range r.at(i).Redirects {
		switch strings.TrimPrefix(d.Op, "0") {
		case "<<", "<<-":
			return d.Text, true, true
		case "<<<":
			return d.Word, true, true
		case "<":
			text, ok = r.read(d.Word)
			return text, true, ok
		}
	}
	return r.piped(i)
}

// piped is what the commands before i in its pipeline write.
func (r *commandReader) piped(i int) (text string, some, ok bool) {
	c, from := r.at(i), i
	for c.Pipeline != 0 && from > 0 {
		if before := r.at(from - 1); before.Pipeline != c.Pipeline || before.Location.Path != c.Location.Path {
			break
		}
		from--
	}
	if from == i {
		return "", false, false
	}
	var b strings.Builder
	for j := from; j < i; j++ {
		out, known := r.output(j)
		if !known || b.Len() > MaxScript {
			return "", true, false
		}
		b.WriteString(out)
	}
	return b.String(), true, true
}

// output is what a command writes, if the script alone says what that is.
func (r *commandReader) output(i int) (string, bool) {
	c := r.at(i)
	name, args := c.Effective()
	switch path.Base(name) {
	case "echo":
		return echoed(args), true
	case "printf":
		return printed(args), true
	case "sleep", "usleep", "true", "":
		return "", true
	case "yes":
		if len(args) == 1 {
			return args[0] + "\n", true
		}
	case "cat":
		if len(args) == 1 && args[0] != "-" {
			return r.read(args[0])
		}
		if len(args) == 0 {
			text, some, ok := r.input(i)
			return text, some && ok
		}
	}
	return "", false
}

var writtenOut = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\\`, `\`).Replace

func echoed(args []string) string {
	end := "\n"
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		if strings.Contains(args[0], "n") {
			end = ""
		}
		args = args[1:]
	}
	return writtenOut(strings.Join(args, " ")) + end
}

// printed does what printf does with %s and %b.
func printed(args []string) string {
	if len(args) == 0 {
		return ""
	}
	format, rest := writtenOut(args[0]), args[1:]
	if len(rest) == 0 {
		return strings.ReplaceAll(format, "%%", "%")
	}
	verbs := strings.Count(format, "%s") + strings.Count(format, "%b")
	if verbs == 0 {
		return format
	}
	var b strings.Builder
	for len(rest) > 0 && b.Len() < MaxScript {
		left := format
		for range verbs {
			at := strings.IndexByte(left, '%')
			for at >= 0 && at+1 < len(left) && left[at+1] != 's' && left[at+1] != 'b' {
				next := strings.IndexByte(left[at+1:], '%')
				if next < 0 {
					at = -1
					break
				}
				at += 1 + next
			}
			if at < 0 || at+2 > len(left) {
				break
			}
			b.WriteString(left[:at])
			if len(rest) > 0 {
				b.WriteString(rest[0])
				rest = rest[1:]
			}
			left = left[at+2:]
		}
		b.WriteString(left)
	}
	return b.String()
}
