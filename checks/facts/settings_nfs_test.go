package facts

import (
	"strings"
	"testing"
)

// Who may use a folder, by entries of exports(5).
func TestExports(t *testing.T) {
	for entry, want := range map[string]bool{
		"/data *(rw)":                       true,
		"/data":                             true,
		"/data -ro":                         true,
		"/data 10.0.0.2 (rw)":               true, // the space gives everyone the options
		`"/my data" *(ro)`:                  true,
		"/data 0.0.0.0/0(rw)":               true,
		"/data ::/0(rw)":                    true,
		"/data *(sec=krb5p,rw,sec=sys,ro)":  true,
		"/data *(sec=sys:krb5)":             true,
		"/data -sec=krb5 *(rw,sec=sys)":     true,
		"/data 10.0.0.2(rw) # *(rw)":        false,
		"/data -sec=krb5 *":                 false,
		"/data *(rw,sec=krb5:krb5p)":        false,
		"/data *.example.org(rw)":           false,
		`"/my data" 10.0.0.0/8(ro)`:         false,
		"# /data *(rw)":                     false,
		"/data -rw,sync 10.0.0.2 10.0.0.3":  false,
		"/data 192.168.1.0/255.255.255.0()": false,
	} {
		if got := isOpenExport(entry); got != want {
			t.Errorf("%s: %v, want %v", entry, got, want)
		}
	}
	for args, want := range map[string]bool{
		"-o rw,no_root_squash *:/data": true,
		"-i -o rw :/data":              true,
		"-orw 10.0.0.2:/data *:/pub":   true,
		"[::]/0:/data":                 true,
		"-o rw,sec=krb5 *:/data":       false,
		"-u *:/data":                   false,
		"-ua":                          false,
		"-ra":                          false,
		"-o rw 192.168.0.0/16:/data":   false,
		"-o rw [fe80::1]:/data":        false,
	} {
		if got := exportsToAll(strings.Fields(args)); got != want {
			t.Errorf("exportfs %s: %v, want %v", args, got, want)
		}
	}
}
