package facts

import (
	"cmp"
	"strings"
)

// libraryVersion gives the version that the name of a library's file carries.
func libraryVersion(base string) (name, version string, ok bool) {
	if m := uClibc.Get().FindStringSubmatch(base); m != nil {
		return "uclibc", m[1], true
	}
	if m := glibcFile.Get().FindStringSubmatch(base); m != nil {
		return "glibc", m[1], true
	}
	if m := gstreamer.Get().FindStringSubmatch(base); m != nil {
		return "gstreamer", "1." + m[1] + "." + cmp.Or(strings.TrimLeft(m[2], "0"), "0"), true
	}
	at := strings.Index(base, ".so.")
	if at < 0 {
		return "", "", false
	}
	if name, ok = libraries[base[:at+4]]; !ok {
		return "", "", false
	}
	version = base[at+4:]
	form := threeNumbers
	if name == "libcap" || name == "ncurses" {
		form = twoNumbers // one number alone is that of the interface
	}
	return name, version, form.Get().MatchString(version)
}
