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
func settingsByCommand(img *firmware.Image, texts *TextSet, found func(how string, at assay.Location)) func(Command) {
	return func(c Command) {
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
func beside(img *firmware.Image, texts *TextSet, c Command, name string) (Text, bool) {
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
	return t, ok && !ofOthers(t.File.Name)
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

// eachStunnel reads the services of stunnel's settings: a client with verify = 0 takes
// any certificate. What stands before the first service is for all of them.
func eachStunnel(t Text, found func(how string, at assay.Location)) {
	type service struct {
		client, checked bool
		off             []keyValue
	}
	var common, now service
	section := false
	end := func() {
		if section && now.client && !now.checked {
			for _, kv := range now.off {
				found("stunnel verify = 0", kv.at)
			}
		}
	}
	for _, kv := range parseKeyValues(t) {
		if strings.HasPrefix(kv.key, "[") {
			end()
			if !section {
				common = now
			}
			section, now = true, common
			continue
		}
		switch yes := strings.EqualFold(kv.value, "yes"); strings.ToLower(kv.key) {
		case "client":
			now.client = yes
		case "verify":
			if now.off = nil; kv.value == "0" && len(now.off) < maxUnverified {
				now.off = []keyValue{kv}
			}
		case "verifychain", "verifypeer":
			now.checked = now.checked || yes
		}
	}
	section = true // settings without a service are those of inetd's mode
	end()
}
