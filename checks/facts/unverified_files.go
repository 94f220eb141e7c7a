package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// settingsByCommand reads the settings that a command names, whatever their file is
// called: "stunnel FILE" and "curl -K FILE".
func settingsByCommand(img *firmware.Image, texts *TextSet, found func(how string, at assay.Location)) func(*Command) {
	return func(c *Command) {
		name, args := c.Effective()
		switch path.Base(name) {
		case "stunnel", "stunnel4", "stunnel5":
			if t, ok := beside(img, texts, c, firstOf(args, "")); ok {
				eachStunnel(t, found)
			}
		case "curl":
			for _, file := range flagFiles(args, "-K", "--config") {
				if t, ok := beside(img, texts, c, file); ok {
					eachCurlSetting(t, found)
				}
			}
		}
	}
}

// flagFiles gives the words after a short or long flag, also "-Kfile" and "--config=file".
func flagFiles(args []string, short, long string) []string {
	var out []string
	for i, a := range args {
		switch {
		case (a == short || a == long) && i+1 < len(args):
			out = append(out, args[i+1])
		case strings.HasPrefix(a, long+"="):
			out = append(out, a[len(long)+1:])
		case strings.HasPrefix(a, short) && len(a) > len(short):
			out = append(out, a[len(short):])
		}
	}
	return out
}

// beside gives a text by its whole path in the container of the file that a command
// stands in.
func beside(img *firmware.Image, texts *TextSet, c *Command, name string) (Text, bool) {
	if !strings.HasPrefix(name, "/") {
		return Text{}, false
	}
	i := strings.LastIndexByte(c.Location.Path, '!')
	if i < 0 {
		return Text{}, false
	}
	at := slices.IndexFunc(img.Containers, func(k *firmware.Container) bool { return k.Path == c.Location.Path[:i] })
	if at < 0 {
		return Text{}, false
	}
	t, ok := texts.Get(img.Containers[at], name)
	return t, ok && !ofOthers(asInstalled(t.File))
}

// eachCurlSetting reads a file of curl's settings.
func eachCurlSetting(t Text, found func(how string, at assay.Location)) {
	n := 0
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "-"), " ")
		if n < maxUnverified && (word == "insecure" || s == "-k") {
			found(s, t.At(line))
			n++
		}
	}
}

// eachStunnel reads the services of stunnel's settings: a client takes any
// certificate unless it is told to verify (stunnel(8): verify is 0 and verifyChain
// no by default). What stands before the first service is for all of them.
func eachStunnel(t Text, found func(how string, at assay.Location)) {
	var common, now stunnelService
	section := false
	for _, kv := range parseKeyValues(t) {
		if strings.HasPrefix(kv.key, "[") {
			if section {
				now.judge(found)
			} else {
				common = now
			}
			section, now = true, common
			continue
		}
		now.set(kv)
	}
	now.judge(found) // settings without a service are those of inetd's mode
}

// stunnelService is what a service of stunnel says of its side of the connection.
type stunnelService struct {
	client, checked bool
	connects        bool
	place, off      *keyValue // where it is a client, and where it says "verify = 0"
}

func (s *stunnelService) set(kv keyValue) {
	switch yes := strings.EqualFold(kv.value, "yes"); strings.ToLower(kv.key) {
	case "client":
		s.client, s.place = yes, &kv
	case "connect":
		s.connects = true
	case "verify":
		if s.off = nil; kv.value == "0" {
			s.off = &kv
		} else {
			s.checked = true
		}
	case "verifychain", "verifypeer":
		s.checked = s.checked || yes
	}
}

func (s *stunnelService) judge(found func(how string, at assay.Location)) {
	switch {
	case !s.client || s.checked:
	case s.off != nil:
		found("stunnel verify = 0", s.off.at)
	case s.connects:
		found("stunnel client without verifyChain", s.place.at)
	}
}
