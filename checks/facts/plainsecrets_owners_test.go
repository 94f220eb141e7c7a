package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// Whose password it is, by what stands beside it in XML, in numbered settings and in UCI.
func TestOwners(t *testing.T) {
	for content, want := range map[string]string{
		"<User><id>1</id><userName>admin</userName><password>12345</password><level>1</level></User>":    "admin",
		"<User>\n<id>1</id>\n<userName>admin</userName>\n<password>12345</password>\n</User>":            "admin",
		"<User>\n<password>12345</password>\n<userName>admin</userName>\n</User>":                        "admin",
		"<a><User><userName>eve</userName></User><User><password>12345</password></User></a>":            "",
		`<UserInstance InstanceID="1" UserName="root" Password="12345" Level="1"/>`:                      "root",
		"<Row No=\"0\">\n<DM name=\"User\" val=\"admin\"/>\n<DM name=\"Pass\" val=\"12345\"/>\n</Row>":   "admin",
		"<Cfg>\n<UserName val=user />\n<UserPwd val=12345 />\n</Cfg>":                                    "user",
		"<ftp><server>a</server><userName>admin</userName><password>12345</password></ftp>":              "",
		"<ftp url=\"a\"/><entry><password>12345</password></entry>":                                      "",
		"[User]\nName0=admin\nPwd0=12345\nName1=op\n":                                                    "admin",
		"user1 = admin\nuser2 = root\npassword2 = 12345\n":                                               "root",
		"[ftp]\nserver=a\nuser1 = admin\npassword1 = 12345\n":                                            "",
		"config login\n\toption username 'admin'\n\toption password '12345'\n":                           "admin",
		"config interface\n\toption proto pppoe\n\toption username 'admin'\n\toption password '12345'\n": "",
	} {
		got := ""
		for _, s := range textSecrets(Text{File: &firmware.File{Name: "etc/a.cfg", Path: "etc/a.cfg"}, Content: content}) {
			got += s.User
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
}
