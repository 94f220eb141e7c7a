package nordic_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// schema are the messages of an init packet that the tests use.
const schema = `syntax = "proto2";
message Sum { required uint32 kind = 1; required bytes value = 2; }
message Init {
  optional uint32 fw = 1; optional uint32 hw = 2; repeated uint32 sd = 3 [packed = true]; optional uint32 type = 4;
  optional uint32 sd_size = 5; optional uint32 bl_size = 6; optional uint32 app_size = 7;
  optional Sum hash = 8; optional bool debug = 9;
}
message Command { optional uint32 op = 1; optional Init init = 2; }
message Signed { required Command command = 1; required uint32 kind = 2; required bytes signature = 3; }
message Packet { optional Command command = 1; optional Signed signed = 2; }
`

// TestAgainstProtoc reads packets that protoc wrote.
func TestAgainstProtoc(t *testing.T) {
	tool := reference.Need(t, "protoc")
	sum := sha256.Sum256(program)
	octal := func(b []byte) string {
		s := ""
		for _, c := range b {
			s += fmt.Sprintf("\\%03o", c)
		}
		return s
	}
	for i, packing := range []string{" [packed = true]", ""} {
		dir := t.TempDir()
		text := fmt.Sprintf(`signed { command { op: 1 init { fw: 300000 hw: 52 sd: 203 sd: 66000 type: 2 bl_size: 6000
			hash { kind: 3 value: "%s" } debug: false } } kind: 0 signature: "%s" }`, octal(reversed(sum[:])), octal(make([]byte, 64)))
		for name, content := range map[string]string{"s.proto": strings.Replace(schema, " [packed = true]", packing, 1), "in": text} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		dat := reference.Run(t, dir, "sh", "-c", tool+" --encode=Packet s.proto < in")
		o := open(t, pack(dat))
		if o.Damage != nil || !o.Hashes[0].OK || len(o.Signatures) != 1 || o.Signatures[0].Problem != "" {
			t.Fatalf("%d: %+v", i, o)
		}
		for k, want := range map[string]string{"fw-version": "300000", "hw-version": "52", "sd-req": "0xcb 0x101d0", "type": "bootloader", "debug": ""} {
			if got := o.Attributes["application-"+k]; got != want {
				t.Errorf("%d: %s %q, want %q", i, k, got, want)
			}
		}
	}
}
