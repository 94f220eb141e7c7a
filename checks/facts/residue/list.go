package residue

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// Limits of a list of persons, and from how many on it is one wherever it stands.
const (
	maxList    = 4 << 20 // bytes
	maxObjects = 1 << 20 // bytes of a list in JSON
	maxPersons = 1000    // rows that are looked at
	minPersons = 3
)

// listResidue knows lists of customers and users: tables with separators, objects in
// JSON, and rows that SQL inserts. Three rows with a name and a mail address or
// telephone number are a list; fewer only where they tell still more.
func listResidue(f *firmware.File, content []byte) []Trace {
	if len(content) > maxList || !tellsOfPersons(content) || !facts.IsText(content) || facts.TellsOfOthers(f) || namesAuthors(f.Name) {
		return nil
	}
	var people persons
	switch first := bytes.TrimLeft(content, " \t\r\n\ufeff"); {
	case len(first) == 0:
	case first[0] == '[' || first[0] == '{':
		people.objects(first)
	case insertsRows(content):
		people.inserted(string(content))
	case facts.IsSetting(f, content) && !facts.IsCode(f.Name): // scripts and pages name their authors
		people.table(string(first))
	}
	if people.rows >= minPersons || people.detailed > 0 && !ofLibrary(f.Name) {
		return whole(PersonList, f)
	}
	return nil
}

// insertsRows reports whether a text holds SQL that fills a table, in any case.
func insertsRows(content []byte) bool {
	const words = "insert into"
	for _, first := range []byte("Ii") {
		for rest := content; ; {
			i := bytes.IndexByte(rest, first)
			if i < 0 || len(rest)-i < len(words) {
				break
			}
			if rest = rest[i:]; bytes.EqualFold(rest[:len(words)], []byte(words)) {
				return true
			}
			rest = rest[1:]
		}
	}
	return false
}

// namesAuthors reports whether a file says who wrote software.
func namesAuthors(name string) bool {
	base := strings.ToLower(path.Base(name))
	return holdsAny(base, "author", "contrib", "maintain", "credit", "thanks", "package", "composer", "bower", "manifest", "metadata")
}

// ofLibrary reports whether a path is one of what others made.
func ofLibrary(name string) bool {
	return facts.Within(name, "usr/share/", "usr/lib/", "lib/", "node_modules/", "site-packages/", "dist-packages/", "etc/ssl/", "etc/pki/", "var/lib/")
}

// tellsOfPersons is a cheap question before the dear ones.
func tellsOfPersons(content []byte) bool {
	if bytes.IndexByte(content, '@') >= 0 {
		return true
	}
	head := bytes.ToLower(content[:min(len(content), 512)])
	return bytes.Contains(head, []byte("phone")) || bytes.Contains(head, []byte("mobile"))
}

// persons counts the rows that are about one.
type persons struct {
	rows     int
	detailed int // of them, those that tell more than a name and an address
}

// add judges the values of a row; the words are the names of its columns, if it has
// such.
func (p *persons) add(words, values []string) {
	said := map[string]bool{}
	for i, v := range values[:min(len(values), 64)] {
		word := ""
		if i < len(words) {
			word = plainWord(words[i])
		}
		what := personValue(word, strings.TrimSpace(v))
		said[what] = true
		said["mail"] = said["mail"] || what == "private"
	}
	more := 0
	for _, what := range []string{"phone", "born", "street", "place"} {
		if said[what] {
			more++
		}
	}
	switch {
	case said["mail"] && (said["name"] || more > 0), said["name"] && more > 0:
		p.rows++
	default:
		return
	}
	if said["mail"] && said["name"] && (more > 0 || said["private"]) || more > 1 {
		p.detailed++
	}
}

// Names of columns and members, as plainWord makes them, by what they say.
var (
	nameWords   = []string{"name", "fullname", "customer", "customername", "username", "displayname", "contact", "contactname", "person", "owner", "firstname", "lastname", "surname", "givenname"}
	bornWords   = []string{"birthday", "birthdate", "dateofbirth", "dob", "born"}
	streetWords = []string{"street", "address", "homeaddress", "postaladdress", "street1", "addressline1"}
	placeWords  = []string{"lat", "latitude"}
	phoneWords  = []string{"phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel", "cell", "msisdn"}
)

func plainWord(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", `"`, "").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// personValue says what a value tells of a person: by what it is where it has no name,
// else by both.
func personValue(word, v string) string {
	mail, isMail := firstMail(v)
	digits := countDigits(v)
	switch {
	case isMail && mail == v && isPrivateMail(v):
		return "private"
	case isMail && mail == v:
		return "mail"
	case (word == "" || slices.Contains(phoneWords, word)) && isPhone(v, word == ""):
		return "phone"
	case slices.Contains(bornWords, word) && digits >= 6 && len(v) <= 24:
		return "born"
	case slices.Contains(streetWords, word) && digits > 0 && strings.Contains(v, " "):
		return "street"
	case slices.Contains(placeWords, word) && digits > 2:
		return "place"
	case (word == "" || slices.Contains(nameWords, word)) && isPersonName(v):
		return "name"
	}
	return ""
}

func countDigits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// isPhone reports whether a value is a telephone number that is no example; without
// a name beside it, it must have the form of an international one.
func isPhone(v string, bare bool) bool {
	n := countDigits(v)
	if n < 7 || n > 15 || strings.Trim(v, "0123456789 +-()/.") != "" || bare && v[0] != '+' {
		return false
	}
	return varied([]byte(v)) > 3 && !strings.Contains(v, "555")
}

// noPersons are words of names that companies, machines and examples have.
var noPersons = []string{"doe", "mustermann", "test", "user", "example", "sample", "inc", "ltd", "llc", "gmbh", "corp", "ca", "root", "authority", "certificate", "certification", "services", "service", "trust", "network", "networks", "device", "admin", "foundation", "team", "project", "university", "group", "company", "systems", "software", "support", "default"}

// isPersonName reports whether a value looks like first and last name: two to four
// words with capital letters, or two to four characters of Chinese.
func isPersonName(v string) bool {
	if len(v) > 60 {
		return false
	}
	runes := []rune(v)
	if len(runes) >= 2 && len(runes) <= 4 && !slices.ContainsFunc(runes, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		return true
	}
	words := strings.Fields(v)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	for _, w := range words {
		r := []rune(strings.TrimRight(w, ".0123456789"))
		if len(r) == 0 || !unicode.IsUpper(r[0]) || slices.Contains(noPersons, strings.ToLower(string(r))) ||
			slices.ContainsFunc(r, func(c rune) bool { return !unicode.IsLetter(c) && c != '-' && c != '\'' }) {
			return false
		}
		if len(r) > 2 && !slices.ContainsFunc(r, unicode.IsLower) {
			return false // an abbreviation
		}
	}
	return true
}

// table reads rows with separators; the first may name the columns.
func (p *persons) table(text string) {
	first, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = separatorOf(first), true, -1, true
	var words []string
	for n := 0; n < maxPersons; n++ {
		row, err := r.Read()
		if err != nil {
			return
		}
		if n == 0 && isHeader(row) {
			words = slices.Clone(row)
			continue
		}
		if len(row) > 1 {
			p.add(words, row)
		}
	}
}

func separatorOf(line string) rune {
	best, most := ',', 0
	for _, sep := range ",;\t|" {
		if n := strings.Count(line, string(sep)); n > most {
			best, most = sep, n
		}
	}
	return best
}

// isHeader reports whether a row names what the others hold.
func isHeader(row []string) bool {
	known := slices.Concat(nameWords, bornWords, streetWords, placeWords, phoneWords, personWords["mail"], personWords["first"], personWords["last"])
	return slices.ContainsFunc(row, func(v string) bool { return slices.Contains(known, plainWord(v)) })
}

// objects reads JSON: a value, or one behind another.
func (p *persons) objects(text []byte) {
	d := json.NewDecoder(bytes.NewReader(text[:min(len(text), maxObjects)]))
	for range maxPersons {
		var v any
		if d.Decode(&v) != nil {
			return
		}
		p.walk(v, 0)
	}
}

func (p *persons) walk(v any, depth int) {
	if depth > 16 || p.rows > maxPersons {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			p.walk(e, depth+1)
		}
	case map[string]any:
		var words, values []string
		for k, e := range v {
			switch e := e.(type) {
			case string:
				words, values = append(words, k), append(values, e)
			case float64:
				if b, err := json.Marshal(e); err == nil {
					words, values = append(words, k), append(values, string(b))
				}
			default:
				if !namesAuthors(k) && k != "bugs" {
					p.walk(e, depth+1)
				}
			}
		}
		p.add(words, values)
	}
}

// inserted reads the rows that SQL inserts. The columns are told by what is in them.
func (p *persons) inserted(text string) {
	text = text[:min(len(text), maxObjects)]
	for rows := 0; rows < maxPersons; rows++ {
		i := strings.IndexByte(text, '(')
		if i < 0 {
			return
		}
		values, rest := sqlTuple(text[i+1:])
		p.add(nil, values)
		text = rest
	}
}

// maxTuple is the number of values of one row.
const maxTuple = 64

// sqlTuple reads values up to the bracket that closes them; a quote in a value is
// written twice or after a backslash.
func sqlTuple(s string) (values []string, rest string) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c == '\'' && quoted && i+1 < len(s) && s[i+1] == '\'':
			i++
			b.WriteByte(c)
		case c == '\'':
			quoted = !quoted
		case quoted:
			b.WriteByte(c)
		case c == ',' || c == ')':
			values = append(values, b.String())
			b.Reset()
			if c == ')' || len(values) == maxTuple {
				return values, s[i+1:]
			}
		case c == '(' || c == ';':
			return nil, s[i:] // a call, or no tuple at all
		default:
			b.WriteByte(c)
		}
	}
	return nil, ""
}

// varied counts the different bytes.
func varied(b []byte) int {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c], n = true, n+1
		}
	}
	return n
}
