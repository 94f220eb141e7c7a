package sqlite3

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// leaf makes a page of a table with rows of one text each.
func leaf(page []byte, head int, rows ...[]string) {
	page[head] = leafPage
	binary.BigEndian.PutUint16(page[head+3:], uint16(len(rows)))
	end := len(page)
	for i, row := range rows {
		record := []byte{byte(len(row) + 1)}
		for _, v := range row {
			record = append(record, byte(13+2*len(v)))
		}
		record = append(record, strings.Join(row, "")...)
		end -= len(record) + 2
		copy(page[end:], append([]byte{byte(len(record)), byte(i + 1)}, record...))
		binary.BigEndian.PutUint16(page[head+8+2*i:], uint16(end))
	}
}

// tree is a database whose page 2 is an inner page with page 3 as its only leaf.
func tree() []byte {
	b := make([]byte, 3*1024)
	copy(b, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(b[16:], 1024)
	leaf(b[:1024], 100)
	b[1024] = innerPage
	binary.BigEndian.PutUint32(b[1024+8:], 3)
	leaf(b[2048:], 0, []string{"joe"})
	return b
}

func TestTree(t *testing.T) {
	rows := 0
	d := Open(tree())
	d.rows(2, func(v []Value) bool { rows++; return v[0].Text == "joe" })
	if rows != 1 || d.Short() {
		t.Errorf("%d rows, short: %v", rows, d.Short())
	}
}

// Pages that name each other in a circle.
func TestCircle(t *testing.T) {
	b := tree()
	inner := b[1024:2048]
	binary.BigEndian.PutUint16(inner[3:], 400) // each pointing to page 2
	for i := range 400 {
		binary.BigEndian.PutUint16(inner[12+2*i:], 8)
	}
	binary.BigEndian.PutUint32(inner[8:], 2)
	d := Open(b)
	d.rows(2, func([]Value) bool { t.Error("a row in a circle"); return false })
	if !d.Short() {
		t.Error("the circle is not told")
	}
}

func TestColumns(t *testing.T) {
	for sql, want := range map[string]string{
		`CREATE TABLE users (id INTEGER, "login" TEXT, e_mail TEXT)`:        "[id login e_mail]",
		"CREATE TABLE t(a DECIMAL(10,2) DEFAULT (1+(2)), b, CHECK (a > 0))": "[a b]",
		"CREATE TABLE t": "[]", "CREATE TABLE t(": "[]", "(": "[]",
	} {
		if got := fmt.Sprint(columnsOf(sql)); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// TestReference reads what SQLite's own program wrote: inner pages, rows that do
// not fit on a page, every kind of value, three encodings.
func TestReference(t *testing.T) {
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 is not installed")
	}
	for _, page := range []int{512, 4096, 65536} {
		for _, encoding := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
			t.Run(fmt.Sprint(page, encoding), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "a.db")
				sql(t, program, file, fmt.Sprintf(`PRAGMA page_size=%d; PRAGMA encoding='%s';
CREATE TABLE v(i INTEGER, t TEXT, b BLOB);
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x < 700)
INSERT INTO v SELECT CASE x %% 3 WHEN 0 THEN x*x*x*x ELSE -x END, 'é' || x, zeroblob(x*x %% 5000) FROM n;
INSERT INTO v VALUES (NULL, '', x'00ff');`, page, encoding))
				want := sql(t, program, file, "SELECT ifnull(i, ''), t, length(b) FROM v ORDER BY rowid;")
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got := dump(content); got != want {
					t.Errorf("%.300s\nwant\n%.300s", got, want)
				}
			})
		}
	}
}

func sql(t *testing.T, program, file, text string) string {
	out, err := exec.Command(program, "-separator", " ", file, text).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func dump(content []byte) string {
	var b bytes.Buffer
	d := Open(content)
	for _, table := range d.Tables() {
		d.Rows(table, func(v []Value) bool {
			fmt.Fprintln(&b, v[0].Text, v[1].Text, len(v[2].Blob))
			return true
		})
	}
	if d.Short() {
		fmt.Fprintln(&b, "short")
	}
	return b.String()
}

func FuzzOpen(f *testing.F) {
	f.Add(tree())
	f.Fuzz(func(_ *testing.T, content []byte) {
		if d := Open(content); d != nil {
			for _, table := range d.Tables() {
				d.Rows(table, func([]Value) bool { return true })
			}
			d.rows(2, func([]Value) bool { return true })
		}
	})
}
