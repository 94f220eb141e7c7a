package facts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestMongoSettings(t *testing.T) {
	for text, want := range map[string]string{
		"net:\n  port: 27018 # 27017\n  bindIp: 127.0.0.1,::1\n":                "net=|port=27018|bindIp=127.0.0.1,::1",
		"net: {port: 27018, bindIp: \"0.0.0.0,::\"}":                            "net=|port=27018|bindIp=0.0.0.0,::",
		"{\n \"net\": {\"bindIp\": \"::1\",\n  \"port\": 27018},\n \"a\": 1\n}": "net=|bindIp=::1|port=27018|a=1",
		"bind_ip = ::1\nport=27018\n":                                           "bind_ip=::1|port=27018",
		"x: 'a # b, {c: d}'\n":                                                  "x=a # b, {c: d}",
	} {
		var got []string
		for _, kv := range mongoSettings(Text{File: &firmware.File{Path: "x"}, Content: text}) {
			got = append(got, fmt.Sprintf("%s=%s", kv.key, kv.value))
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
}
