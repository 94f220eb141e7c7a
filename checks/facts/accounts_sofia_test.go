package facts

import (
	"testing"

	"github.com/assay-iot/assay/checks/facts/hashes"
	"github.com/assay-iot/assay/firmware"
)

// The users of Xiongmai's and Dahua's recorders; their hashes are no passwords in clear.
func TestSofiaUsers(t *testing.T) {
	for password, hash := range map[string]string{"": "tlJwpbo6", "admin": "6QNMIQGe", "888888": "4WzwxXxM", "666666": "sh15yfFM", "tluafed": "OxhlwSG8"} {
		if got := hashes.SofiaHash(password); got != hash {
			t.Errorf("%s: got %s, want %s", password, got, hash)
		}
	}
	content := `{ "Groups" : [ { "AuthorityList" : [ "ShutDown" ], "Name" : "admin" } ],
"Users" : [
 { "AuthorityList" : [ "ShutDown" ], "Group" : "admin", "Name" : "admin", "Password" : "tlJwpbo6" },
 { "Group" : "user", "Name" : "guest", "Password" : "6QNMIQGe" },
 { "Group" : "user", "Name" : "none" } ], "Ftp" : { "Name" : "a", "Password" : "Nacht-Falter-1" } }`
	o := observed(t, Accounts, map[string]string{"mnt/mtd/Config/Account1": content, "etc/other.json": `{"Users":[{"Name":"admin","Password":"6QNMIQGe"}]}`})
	if len(o) != 2 || o[0].Name != "admin" || o[0].Password != Empty || o[1].Name != "guest" || o[1].HashKind != hashes.Sofia || o[1].Location.Line != 4 {
		t.Fatalf("%+v", o)
	}
	if field, _ := o[1].Hash.Reveal(); !hashes.Fits(hashes.Sofia, field, "admin") || hashes.Fits(hashes.Sofia, field, "admin1") {
		t.Errorf("%s", field)
	}
	secrets := observed(t, PlainSecrets, map[string]string{"mnt/mtd/Config/Account1": content})
	if len(secrets) != 1 || secrets[0].Location.Line != 5 {
		t.Errorf("%+v", secrets)
	}
}

func TestTablesOfUsers(t *testing.T) {
	for content, want := range map[string]string{
		"username,password,role\nadmin,admin,1\nop,\"Reiher77x\",2\nlocked,!,3\nnone,,3\n":        "admin:admin;op:op;",
		"id;login;pwd\r\n1;eve;Reiher77x\r\n":                                                     "eve:eve;",
		"host,user,password\na,eve,Reiher77x\n":                                                   "eve:;",
		"username,password\nusername,password\nuser,pass\n":                                       "",
		"username,password\neve,$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijkl\n": "",
		"username,password\neve,0123456789abcdef0123456789abcdef\n":                               "",
		"field,label,type\npassword,Passwort99,text\nuser,Benutzer,text\n":                        "",
		"time,value\n1,Reiher77x\n":                                                               "",
		"username,password\n\"eve,Reiher\n":                                                       "",
	} {
		got := ""
		for _, s := range csvSecrets(Text{File: &firmware.File{Name: "etc/a.csv", Path: "etc/a.csv"}, Content: content}) {
			got += s.Account + ":" + s.User + ";"
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
	}
}
