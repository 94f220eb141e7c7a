package facts

import (
	"encoding/csv"
	"slices"
	"strings"
)

// maxUserRows is the number of rows of a table of users that are read.
const maxUserRows = 1000

// userColumns and passwordColumns are what the first row of a table of users calls them.
var (
	userColumns     = []string{"user", "username", "user_name", "login", "account", "name"}
	passwordColumns = []string{"password", "passwd", "pass", "pwd", "user_password"}
)

// csvSecrets reads a table of comma-separated values (RFC 4180), or of others, whose first
// row names a column of users and one of passwords.
func csvSecrets(t Text) []PlainSecret {
	head, _, _ := strings.Cut(t.Content, "\n")
	mark := byte(',')
	if strings.Count(head, ";") > strings.Count(head, ",") {
		mark = ';'
	}
	columns := csvRow(head, mark)
	column := func(names []string) int {
		return slices.IndexFunc(columns, func(c string) bool { return slices.Contains(names, strings.ToLower(strings.Trim(c, " \ufeff"))) })
	}
	user, password := column(userColumns), column(passwordColumns)
	if user < 0 || password < 0 {
		return textSecrets(t)
	}
	var found []PlainSecret
	other := otherMachine.Get().MatchString(head)
	for l := range t.Lines() {
		row := csvRow(l.Text, mark)
		if l.Number == 1 || len(row) <= max(user, password) || isComment(l.Text) {
			continue
		}
		value := strings.TrimSpace(row[password])
		if kind, _ := storedHash(value); kind != "" || !isLiteralSecret(value) || isManualWord(strings.ToLower(value)) && isManualWord(strings.ToLower(row[user])) {
			continue
		}
		s := secretAt(t, l, "password", strings.TrimSpace(row[user]), value)
		if !other {
			s.User = s.Account
		}
		if found = append(found, s); len(found) == maxUserRows {
			break
		}
	}
	return found
}

// csvRow splits a row; one that is none has no values.
func csvRow(line string, mark byte) []string {
	if len(line) > maxSettingLine {
		return nil
	}
	r := csv.NewReader(strings.NewReader(strings.TrimRight(line, "\r")))
	r.Comma, r.LazyQuotes, r.TrimLeadingSpace = rune(mark), true, true
	row, err := r.Read()
	if err != nil {
		return nil
	}
	return row
}
