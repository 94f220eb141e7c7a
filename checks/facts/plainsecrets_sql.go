package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

// Statements by which a data base is made, with the passwords of its own users and of those
// of the program that it is for.

// Limits of a statement that is read.
const (
	maxSQLStatement = 16 << 10 // bytes
	maxSQLFields    = 64       // of a row
)

// mysql323Digits are the hexadecimal digits of a digest by MySQL's OLD_PASSWORD.
const mysql323Digits = 16

var (
	// sqlPassword is the password of a user of the data base (MySQL, PostgreSQL).
	sqlPassword = lazy(`(?i)(?:\bIDENTIFIED\s+(?:WITH\s+\S{1,64}\s+)?(?:BY|AS)\s+(?:PASSWORD\s+)?|\bPASSWORD\s*(?:FOR\s+\S{1,128}\s*)?=?\s*(?:PASSWORD\s*\(\s*)?)'([^'\\\n]{3,128})'`)
	// sqlInsert begins a row: the table, and the columns if they are named.
	sqlInsert = lazy("(?is)^\\s*(?:INSERT|REPLACE)\\s+(?:IGNORE\\s+|OR\\s+\\w+\\s+)?INTO\\s+([\\w.`\"\\[\\]]{1,128})\\s*(?:\\(([^()]*)\\))?\\s*VALUES\\s*")
	// sqlTable names the columns of a table.
	sqlTable = lazy("(?is)^\\s*CREATE\\s+(?:TEMPORARY\\s+)?TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?([\\w.`\"\\[\\]]{1,128})\\s*\\(")
	// sqlDigest is the function that a password is given to.
	sqlDigest = lazy(`(?i)^(?:md5|sha|sha1|sha2|password|crypt|encrypt|old_password)\(\s*'([^'\\]{3,128})'`)
	// sqlUsers begins a statement about users of the data base.
	sqlUsers = lazy(`(?i)^\s*(?:GRANT|CREATE\s+(?:USER|ROLE)|ALTER\s+(?:USER|ROLE)|SET\s+PASSWORD)\b`)
)

// sqlSecrets reads the statements of a text.
func sqlSecrets(t Text) []PlainSecret {
	columns := map[string][]string{}
	var found []PlainSecret
	for at := 0; at < len(t.Content) && len(found) < maxSecrets; {
		end := statementEnd(t.Content, at)
		from, text := at, t.Content[at:end]
		at = end + 1
		for { // what stands before it is no part of it
			trimmed := strings.TrimLeft(text, " \t\r\n")
			if strings.HasPrefix(trimmed, "--") || strings.HasPrefix(trimmed, "#") {
				_, trimmed, _ = strings.Cut(trimmed, "\n")
			}
			from += len(text) - len(trimmed)
			if len(trimmed) == len(text) {
				break
			}
			text = trimmed
		}
		if len(text) > maxSQLStatement {
			continue
		}
		add := func(name, account, value string) {
			if isLiteralSecret(value) && !isFieldName(value) && (isStrongWord(value) || isListed(value)) {
				if kind, _ := storedHash(value); kind == "" {
					l := lineAt(t, from)
					l.Number = 1 + strings.Count(t.Content[:l.Offset], "\n")
					s := secretAt(t, l, name, account, value)
					if len(value) == mysql323Digits && isHexDigits(value) {
						s.Digest = hashes.MySQL323
					}
					found = append(found, s)
				}
			}
		}
		switch {
		case sqlUsers.Get().MatchString(text):
			for _, m := range sqlPassword.Get().FindAllStringSubmatch(text, 16) {
				add("user of a data base", "", m[1])
			}
		case sqlTable.Get().MatchString(text):
			m := sqlTable.Get().FindStringSubmatchIndex(text)
			columns[sqlName(text[m[2]:m[3]])] = columnsOf(text[m[1]:])
		default:
			m := sqlInsert.Get().FindStringSubmatchIndex(text)
			if m == nil {
				continue
			}
			names := columns[sqlName(text[m[2]:m[3]])]
			if m[4] >= 0 {
				names = columnNames(text[m[4]:m[5]])
			}
			for _, row := range rowsOf(text[m[1]:]) {
				account := ""
				for i, name := range names[:min(len(names), len(row))] {
					if isLoginName(name) && account == "" {
						account = row[i].text
					}
				}
				for i, name := range names[:min(len(names), len(row))] {
					value := row[i].text
					if !row[i].quoted {
						d := sqlDigest.Get().FindStringSubmatch(value)
						if d == nil {
							continue
						}
						value = d[1]
					}
					if isPasswordName(name) {
						add("column "+forPeople(name), account, value)
					}
				}
			}
		}
	}
	return found
}

// statementEnd is the offset of the semicolon that ends a statement, outside of its strings.
func statementEnd(content string, at int) int {
	quote := byte(0)
	for i := at; i < len(content); i++ {
		switch b := content[i]; {
		case quote != 0 && b == '\\':
			i++
		case quote != 0 && b == quote:
			quote = 0
		case quote == 0 && b == '\'':
			quote = b
		case quote == 0 && b == ';':
			return i
		case quote == 0 && b == '-' && strings.HasPrefix(content[i:], "--"): // a remark may hold an apostrophe
			if n := strings.IndexByte(content[i:], '\n'); n > 0 {
				i += n - 1
			} else {
				return len(content)
			}
		}
	}
	return len(content)
}

func sqlName(s string) string { return strings.ToLower(strings.Trim(path.Ext("."+s), ".`\"[] \t\r\n")) }

// columnNames are the names of columns, parted by commas.
func columnNames(list string) []string {
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.ToLower(strings.Trim(names[i], "`\"[] \t\r\n"))
	}
	return names
}

// columnsOf are those that a table is made with.
func columnsOf(body string) []string {
	var names []string
	for _, a := range rowFields(body) {
		words := strings.Fields(a.text)
		if len(words) < 2 || slices.Contains([]string{"PRIMARY", "UNIQUE", "KEY", "INDEX", "CONSTRAINT", "FOREIGN", "CHECK"}, strings.ToUpper(words[0])) {
			break
		}
		names = append(names, strings.ToLower(strings.Trim(words[0], "`\"[]")))
	}
	return names
}

// rowsOf are the rows behind VALUES.
func rowsOf(text string) [][]callArgument {
	var rows [][]callArgument
	for len(rows) < maxSQLFields {
		i := strings.IndexByte(text, '(')
		if i < 0 {
			break
		}
		fields, n := rowOf(text[i+1:])
		rows, text = append(rows, fields), text[i+1+n:]
	}
	return rows
}

func rowFields(text string) []callArgument {
	fields, _ := rowOf(text)
	return fields
}

// rowOf reads the fields of a row up to its bracket, and tells how many bytes they take.
func rowOf(text string) ([]callArgument, int) {
	var fields []callArgument
	quote, depth, from := byte(0), 0, 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quote != 0 && b == '\\':
			i++
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '\'' || b == '"':
			quote = b
		case b == '(':
			depth++
		case b == ')' && depth > 0:
			depth--
		case depth == 0 && (b == ',' || b == ')'):
			if len(fields) < maxSQLFields {
				fields = append(fields, argumentOf(text[from:i]))
			}
			if from = i + 1; b == ')' {
				return fields, i + 1
			}
		}
	}
	return fields, len(text)
}
