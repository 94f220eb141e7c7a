package residue

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/factstest"
	"github.com/assay-iot/assay/firmware"
)

// sqliteFile makes a database with one table and one row, by hand: page 1 holds
// the schema, page 2 the rows.
func sqliteFile(sql string, rows ...[]string) string {
	const page = 1024
	b := make([]byte, 2*page)
	copy(b, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(b[16:], page)
	b[18], b[19], b[21], b[22], b[23] = 1, 1, 64, 32, 32
	binary.BigEndian.PutUint32(b[56:], 1)
	name := strings.Fields(strings.NewReplacer("(", " ", `"`, "").Replace(sql))[2]
	sqliteLeaf(b[:page], 100, [][]string{{"table", name, name, "\x02", sql}})
	sqliteLeaf(b[page:], 0, rows)
	return string(b)
}

// sqliteLeaf writes a leaf page of a table; a value of one byte below 32 is a
// number.
func sqliteLeaf(page []byte, head int, rows [][]string) {
	page[head] = 13
	binary.BigEndian.PutUint16(page[head+3:], uint16(len(rows)))
	end := len(page)
	for i, row := range rows {
		var kinds, body []byte
		for _, v := range row {
			if len(v) == 1 && v[0] < 32 {
				kinds, body = append(kinds, 1), append(body, v[0])
				continue
			}
			kinds, body = append(kinds, sqliteNumber(13+2*len(v))...), append(body, v...)
		}
		record := append(append([]byte{byte(len(kinds) + 1)}, kinds...), body...)
		cell := append(append(sqliteNumber(len(record)), byte(i+1)), record...)
		end -= len(cell)
		copy(page[end:], cell)
		binary.BigEndian.PutUint16(page[head+8+2*i:], uint16(end))
	}
}

func sqliteNumber(n int) []byte {
	if n < 128 {
		return []byte{byte(n)}
	}
	return []byte{byte(n>>7) | 0x80, byte(n & 0x7f)}
}

// jpegAt makes the first segments of a photo, taken at a latitude.
func jpegAt(order binary.AppendByteOrder, mark string, degrees uint32) string {
	tiff := order.AppendUint16([]byte(mark), 42)
	tiff = order.AppendUint32(tiff, 8)
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, tag), kind), count), value)
	}
	tiff = order.AppendUint16(tiff, 1)
	entry(tagPositions, typeLong, 1, 26)
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = order.AppendUint16(tiff, 2)
	entry(tagLatitude, typeRational, 3, 56)
	entry(tagLongitude, typeRational, 3, 56)
	tiff = append(tiff, 0, 0, 0, 0)
	for _, v := range []uint32{degrees, 1, 0, 1, 0, 1} {
		tiff = order.AppendUint32(tiff, v)
	}
	exif := "Exif\x00\x00" + string(tiff)
	return "\xff\xd8\xff\xe0\x00\x04JF\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))) + exif + "\xff\xda"
}

func loginOf(kind uint16, name string) string {
	r := make([]byte, 384)
	binary.LittleEndian.PutUint16(r, kind)
	copy(r[44:], name)
	return string(r)
}

func lastLoginOf(when uint32, line string) string {
	r := make([]byte, 292)
	binary.LittleEndian.PutUint32(r, when)
	copy(r[4:], line)
	return string(r)
}

const usersTable = `CREATE TABLE "users" (id INTEGER PRIMARY KEY, login TEXT NOT NULL, e_mail VARCHAR(80), PRIMARY KEY (id, login))`

func TestResidues(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		want          Kind
	}{
		{"data/app.db", sqliteFile(usersTable, []string{"\x01", "joe", "joe@gmail.com"}), PersonRows},
		{"data/app.db", sqliteFile(usersTable), ""},
		{"data/app.db", sqliteFile(usersTable, []string{"\x01", "admin", "admin@example.com"}), ""},
		{"data/app.db", sqliteFile(usersTable, []string{"\x01", "admin", ""}), ""},
		{"data/app.db", sqliteFile("CREATE TABLE users(login, password)", []string{"admin", "joe@gmail.com"}), ""},
		{"data/app.db", sqliteFile("CREATE TABLE people(first_name, [lastName])", []string{"Joe", "Bloggs"}), PersonRows},
		{"data/app.db", sqliteFile("CREATE TABLE people(first_name, x)", []string{"Joe", "Bloggs"}), ""},
		{"data/app.db", sqliteFile("CREATE TABLE contacts(name, phone)", []string{"Joe Bloggs", "+49 228 456789"}), PersonRows},
		{"data/app.db", sqliteFile("CREATE TABLE devices(name, phone)", []string{"Door phone", "1"}), ""},
		{"data/geo.db", sqliteFile("CREATE TABLE cities(name, latitude, longitude)", []string{"Bonn", "50.7", "7.1"}), ""},
		{"www/a.jpg", jpegAt(binary.LittleEndian, "II", 50), PhotoPlace},
		{"www/a.jpg", jpegAt(binary.BigEndian, "MM", 50), PhotoPlace},
		{"www/a.jpg", jpegAt(binary.BigEndian, "MM", 0), ""},
		{"www/a.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb", ""},
		{"var/log/wtmp", loginOf(2, "reboot") + loginOf(7, "joe"), LoginRecord},
		{"var/log/wtmp", loginOf(2, "reboot") + loginOf(6, "LOGIN"), ""},
		{"var/log/lastlog", lastLoginOf(0, "") + lastLoginOf(1700000000, "pts/0"), LoginRecord},
		{"var/log/lastlog", lastLoginOf(0, "") + lastLoginOf(0, ""), ""},
		{"var/log/auth.log", "boot\nJan 1 sshd[1]: Accepted password for joe from 10.0.0.2 port 5 ssh2\n", LoginRecord},
		{"var/log/auth.log", "Jan 1 sshd[1]: Server listening on 0.0.0.0 port 22.\n", ""},
		{"usr/share/doc/sshd.txt", "Accepted password for joe\n", ""},
		{"var/mail/root", "From joe@home Sat Jan  3 01:05:34 2026\nFrom: joe@home\nDate: Sat, 3 Jan 2026\n\nhello\n", Mailbox},
		{"etc/motd", "From here on you are alone.\n", ""},
		{"root/Maildir/new/1.2.host", "From: a@b\nDate: x\n\n", Mailbox},
		{"data/contacts.vcf", "BEGIN:VCARD\r\nFN:Joe\r\nTEL:+49 228 1\r\nEND:VCARD\r\n", AddressBook},
		{"root/.viminfo", "# Command Line History (newest to oldest):\n:wq\n", EditorHistory},
		{"root/.viminfo", "# This viminfo file was generated by Vim 8\n", ""},
		{"root/.gitconfig", "[user]\n\temail = joe.bloggs@acme.example.com.de\n", ""},
		{"root/.gitconfig", "[user]\n\temail = joe.bloggs@acme.de\n", GitIdentity},
		{"root/.gitconfig", "[core]\n\teditor = vi\n", ""},
		{"root/.ssh/known_hosts", "build.acme.de ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n", KnownHosts},
		{"root/.ssh/known_hosts", "# none\n", ""},
		{"root/.wget-hsts", "# HSTS 1.0 Known Hosts database\nacme.de\t0\t1\t1700000000\t31536000\n", WebHosts},
		{"root/.wget-hsts", "# HSTS 1.0 Known Hosts database\n", ""},
		{"etc/ssh/ssh_known_hosts", "build.acme.de ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n", ""},
		{"var/lib/misc/dnsmasq.leases", "1700000000 aa:bb:cc:dd:ee:ff 192.168.1.23 joes-phone 01:aa\n", Leases},
		{"var/lib/dhcp/dhcpd.leases", "# The format of this file is documented\nlease 10.0.0.5 {\n}\n", Leases},
		{"var/lib/dhcp/dhcpd.leases", "# The format of this file is documented\n", ""},
		{"var/lib/bluetooth/00:11:22:33:44:55/66:77:88:99:AA:BB/info", "[General]\nName=Joe\n[LinkKey]\nKey=00\n", Pairing},
		{"etc/config/alarm", "config alarm\n\toption mailto 'joe@gmail.com'\n", PersonMail},
		{"etc/msmtprc", "account default\nuser joe@web.de\n", PersonMail},
		{"etc/aliases", "root: joe@acme.de\n", OtherMail},
		{"etc/crontabs/root", "MAILTO=joe@gmail.com\n", PersonMail},
		{"etc/alarm.json", "{\n  \"email\": \"joe@gmail.com\",\n}\n", PersonMail},
		{"etc/alarm.json", "{ \"email\": \"you@gmail.com\", \"email\": \"yourname@gmail.com\" }\n", ""},
		{"etc/msmtprc", "# user joe@web.de\nfrom device@acme.de\nfrom user@example.com\n", ""},
		{"usr/lib/python3/dist-packages/x/METADATA", "Author-email: joe@gmail.com\n", ""},
		{"etc/x.conf", "# written by joe\nauthor_email = joe@gmail.com\nmaintainer = joe@gmail.com\n", ""},
		{"etc/init.d/x", "#!/bin/sh\nEMAIL=joe@gmail.com\n", ""},
		{"etc/ssh/moduli", "mail joe@gmail.com\n", ""},
		{"etc/inittab", "id:ttyS0 getty@ttyS0.service\n", ""},
		{"etc/sshd", "user git@github.com:acme/x.git\n", ""},
		{"opt/customers.csv", customers, PersonList},
		{"opt/customers.csv", strings.ReplaceAll(customers, ",", ";"), PersonList},
		{"usr/share/app/customers.tsv", strings.ReplaceAll(customers, ",", "\t"), PersonList},
		{"opt/list.txt", strings.SplitN(customers, "\n", 2)[1], PersonList}, // no names of columns
		{"opt/few.csv", "name,email,phone\nBob Smith,bob@acme.de,+49 228 456789\n", PersonList},
		{"usr/share/perl5/Customers.pm", strings.ReplaceAll(customers, ",", "\t"), ""}, // a program, whatever its columns
		{"usr/share/few.csv", "name,email,phone\nBob Smith,bob@acme.de,+49 228 456789\n", ""},
		{"opt/empty.csv", "name,email,phone\n", ""},
		{"opt/template.csv", "name,email,phone\nJohn Doe,john@example.com,+1 555 0100\nFirst Last,you@company.com,0000000\n", ""},
		{"opt/phones.csv", "name,phone\nBob Smith,0228 456789\nAnn Lee,0228 456780\nEva Roth,0228 456781\n", PersonList},
		{"opt/u.json", `[{"name":"Bob Smith","email":"bob.smith@gmail.com","lat":52.5,"lon":13.4}]`, PersonList},
		{"opt/u.json", `{"users":[{"name":"王小明","mobile":"13812345678"},{"name":"李雷","mobile":"13912345678"},{"name":"韩梅","mobile":"13712345678"}]}`, PersonList},
		{"opt/u.jsonl", "{\"name\":\"Bob Smith\",\"email\":\"b@acme.de\"}\n{\"name\":\"Ann Lee\",\"email\":\"a@acme.de\"}\n{\"name\":\"Eva Roth\",\"email\":\"e@acme.de\"}\n", PersonList},
		{"opt/u.sql", "INSERT INTO users VALUES (1,'Bob Smith','bob.smith@gmail.com','+49123456789');\n", PersonList},
		{"opt/u.sql", "INSERT INTO settings VALUES (1,'Acme Camera','support@acme.de','+49123456789');\n", ""},
		{"www/lib/credits.json", `[{"name":"Bob Smith","email":"bob@gmail.com"},{"name":"Ann Lee","email":"a@gmail.com"},{"name":"Eva Roth","email":"e@gmail.com"}]`, ""},
		{"www/x/plugin.json", `{"name":"slider","author":{"name":"Bob Smith","email":"bob@gmail.com"},"contributors":[{"name":"Ann Lee","email":"a@gmail.com"}]}`, ""},
		{"usr/lib/AUTHORS", "Bob Smith <bob@gmail.com>\nAnn Lee <a@gmail.com>\nEva Roth <e@gmail.com>\n", ""},
		{"usr/share/THANKS.txt", "Bob Smith, bob@gmail.com\nAnn Lee, a@gmail.com\nEva Roth, e@gmail.com\n", ""},
		{"usr/share/ca.csv", "Owner,Contact\nExample Trust Services,ca@trust.de\nRoot Authority Ltd,root@ca.de\nAcme Corp,x@acme.de\n", ""},
		{"usr/share/iana/people.csv", "ID,Name,Contact URI\n[A],Bob Smith,mailto:bob@acme.de\n[B],Ann Lee,mailto:a@acme.de\n[C],Eva Roth,mailto:e@acme.de\n", ""},
		{"usr/lib/python3/test/people.csv", customers, ""},
		{"etc/ports.csv", "Service Name,Port,Contact\nSome Service,80,[Bob_Smith]\n", ""},
	} {
		got := Kind("")
		if all := factstest.Seen(t, All, map[string]string{tt.name: tt.content}); len(all) > 0 {
			got = all[0].Kind
		}
		if got != tt.want {
			t.Errorf("%s %.60q: %q, want %q", tt.name, tt.content, got, tt.want)
		}
	}
}

const customers = "name,email,phone\nBob Smith,bob.smith@gmail.com,+49 228 456780\nAnn Lee,ann@acme.de,+49 228 456781\nEva Roth,eva@acme.de,+49 228 456782\n"

// TestInsertsRows compares the search with that in capital letters.
func TestInsertsRows(t *testing.T) {
	for _, text := range []string{
		"", "i", "insert into", "INSERT INTO t", "xxInsert Intoy", "insert int", "iinsert into", "IiInSeRt InTo", "insert\tinto", "insertinto", "i i i i i i i i insert into",
	} {
		if got, want := insertsRows([]byte(text)), strings.Contains(strings.ToUpper(text), "INSERT INTO"); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// FuzzTraces gives hostile databases, photos and records.
func FuzzTraces(f *testing.F) {
	f.Add("a.db", sqliteFile(usersTable, []string{"\x01", "joe", "joe@gmail.com"}))
	f.Add("a.jpg", jpegAt(binary.LittleEndian, "II", 50))
	f.Add("var/log/wtmp", loginOf(7, "joe"))
	f.Add("etc/aliases", "root: joe@acme.de\n")
	f.Add("opt/a.csv", customers)
	f.Add("opt/a.json", `[{"name":"Bob Smith","email":"bob.smith@gmail.com","lat":52.5}]`)
	f.Add("opt/a.sql", "INSERT INTO users VALUES (1,'Bob Smith','bob.smith@gmail.com','+49123456789');\n")
	f.Fuzz(func(t *testing.T, name, content string) {
		listResidue(&firmware.File{Name: name, Path: "x!" + name}, []byte(content))
		databaseResidue(&firmware.File{Name: name}, []byte(content))
		if exif := exifOf([]byte(content)); exif != nil {
			hasPosition(exif)
		}
		hasLogin([]byte(content))
		hasLastLogin([]byte(content))
		mailSetting(content)
	})
}
