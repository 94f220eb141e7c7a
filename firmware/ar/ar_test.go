package ar_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/ar"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// member is a member with its header.
func member(name, content string) string {
	s := fmt.Sprintf("%-16s%-12d%-6d%-6d%-8o%-10d`\n%s", name, 1637930096, 1000, 100, 0o100644, len(content), content)
	return s + strings.Repeat("\n", len(s)&1)
}

const magic = "!<arch>\n"

var (
	deb = magic + member("debian-binary", "2.0\n") + member("control.tar", "control") + member("data.tar/", "data")
	gnu = magic + member("/", "symbols") + member("//", "a name that is far too long.o/\nanother name of that kind.o/\n") +
		member("short.o/", "one") + member("/0", "two") + member("/31", "three") + member("with space.o/", "")
	bsd = magic + member("__.SYMDEF SORTED", "symbols") + member("short.o", "one") + member("#1/20", "long name of bsd\x00\x00\x00\x00two")
)

func seeds() [][]byte { return [][]byte{[]byte(deb), []byte(gnu), []byte(bsd)} }

func TestMutated(t *testing.T) { formattest.Mutate(t, ar.Format, seeds()...) }

func FuzzAr(f *testing.F) { formattest.Fuzz(f, ar.Format, seeds()...) }

func open(t *testing.T, s string) *format.Opened {
	t.Helper()
	in := format.InMemory([]byte(s))
	if ar.Format.Probe(in) != format.Sure {
		t.Fatal("not recognised")
	}
	o, err := ar.Format.Open(context.Background(), in, format.NewBudget(1000, 1<<20, 1<<20, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// list gives the members with their contents.
func list(o *format.Opened) string {
	var s []string
	for i, e := range o.Tree.Entries() {
		content, err := o.Tree.Read(i)
		if err != nil {
			content = []byte(err.Error())
		}
		s = append(s, e.Name+"="+string(content))
	}
	return strings.Join(s, " ")
}

func TestNames(t *testing.T) {
	for s, want := range map[string]string{
		deb: "debian-binary=2.0\n control.tar=control data.tar=data",
		gnu: "short.o=one a name that is far too long.o=two another name of that kind.o=three with space.o=",
		bsd: "short.o=one long name of bsd=two",
	} {
		o := open(t, s+"what follows")
		if got := list(o); got != want || len(o.Damage) > 0 || o.Length != int64(len(s)) || (o.Attributes["package"] == "deb") != (s == deb) {
			t.Errorf("%d of %d bytes, %v, damage %v: %s", o.Length, len(s), o.Attributes, o.Damage, got)
		}
	}
	if e := open(t, deb).Tree.Entries()[0]; e.Mode != 0o644 || e.UID != 1000 || e.GID != 100 || e.ModTime.Unix() != 1637930096 {
		t.Errorf("%+v", e)
	}
}

func TestDamage(t *testing.T) {
	for name, c := range map[string]struct{ image, list, damage string }{
		"cut in a member":          {deb[:len(deb)-2], "debian-binary=2.0\n control.tar=control data.tar=at 0x", ""},
		"cut in a header":          {deb[:len(deb)-20], "debian-binary=2.0\n control.tar=control", ""},
		"a name nowhere":           {magic + member("/7", "x"), "member-0x44=x", `name at "7" of 0 bytes`},
		"a name that is no number": {magic + member("/x", "x"), "member-0x44=x", `name at "x"`},
		"a bsd name too long":      {magic + member("#1/9", "x"), "member-0x44=x", `name of "9" bytes`},
		"cut in the names":         {magic + member("a/", "x") + member("//", "long names\n")[:65], "a=x", "the archive ends after"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.image)
			said := ""
			for _, d := range o.Damage {
				said += d.Reason
			}
			if got := list(o); !strings.HasPrefix(got, c.list) || !strings.Contains(said, c.damage) || (c.damage == "" && said != "") {
				t.Errorf("%q, damage %q", got, said)
			}
		})
	}
	for _, s := range []string{magic, magic + "no header", "!<thin>\n" + member("a/", "x"), magic + strings.Replace(member("a/", "x"), "1 ", "x ", 1)} {
		in := format.InMemory([]byte(s))
		if ar.Format.Probe(in) != format.No {
			t.Errorf("%q is recognised", s)
		}
	}
}
