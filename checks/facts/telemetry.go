package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// Telemetry is a sign that the device reports how it is used or how it fares.
type Telemetry struct {
	Sign     string         `json:"sign"`
	Name     string         `json:"name"`           // of the service, agent, library or setting
	Host     string         `json:"host,omitempty"` // of an endpoint
	Kind     string         `json:"kind,omitempty"` // of an endpoint: the kind of place
	Known    bool           `json:"known,omitempty"`
	On       Known          `json:"on,omitempty"`    // of a setting, an agent and a library
	Alone    bool           `json:"alone,omitempty"` // of an endpoint: all that its line says
	Location assay.Location `json:"location"`
}

// The signs of telemetry.
const (
	SignEndpoint = "endpoint" // a host that takes reports; Known says that it is a known service
	SignAgent    = "agent"    // a program that does nothing but report; On says that it is started
	SignLibrary  = "library"  // a library to report with; On says that a program is linked with it
	SignSwitch   = "switch"   // a setting that turns reports on or off
)

// TelemetrySigns are the signs of telemetry in the image.
var TelemetrySigns = &Fact[[]Telemetry]{
	Name:    "telemetry",
	Version: 3,
	Doc:     "Hosts that take reports of use, agents and libraries that send them, and settings that turn them on or off.",
	Needs:   []Node{Endpoints, Programs, Boot, telemetrySwitches},
	Observe: func(o *Observer) ([]Telemetry, error) {
		endpoints, err1 := Endpoints.Of(o)
		programs, err2 := Programs.Of(o)
		boot, err3 := Boot.Of(o)
		all, err4 := telemetrySwitches.Of(o)
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				return nil, err
			}
		}
		all = slices.Clone(all)
		for _, e := range endpoints {
			if name, known := telemetryHost(e); name != "" {
				all = append(all, Telemetry{Sign: SignEndpoint, Name: name, Known: known, Host: e.Host, Kind: e.Kind, Alone: e.Alone, Location: e.Location})
			}
		}
		started := startedPrograms(boot)
		for _, p := range programs {
			switch name := p.Base(); {
			case p.Kind == "program" && slices.Contains(telemetryAgents, name):
				all = append(all, Telemetry{Sign: SignAgent, Name: name, On: KnownOf(started[name]), Location: p.Location})
			case p.Kind == "library" && slices.ContainsFunc(telemetryLibraries, func(l string) bool { return elf.Links([]string{name}, l) }):
				linked := slices.ContainsFunc(programs, func(q Program) bool {
					return slices.Contains(q.Needed, name) || p.Soname != "" && slices.Contains(q.Needed, p.Soname)
				})
				all = append(all, Telemetry{Sign: SignLibrary, Name: name, On: KnownOf(linked), Location: p.Location})
			}
		}
		slices.SortStableFunc(all, func(a, b Telemetry) int {
			return cmp.Or(cmp.Compare(a.Sign, b.Sign), cmp.Compare(a.Name, b.Name), a.Location.Compare(b.Location))
		})
		return all, nil
	},
}

// startedPrograms are the base names of all programs that the boot runs.
func startedPrograms(g BootGraph) map[string]bool {
	started := map[string]bool{}
	for _, s := range g.Services {
		if s.Started {
			started[path.Base(s.Program)] = true
		}
	}
	for i := range g.Commands {
		c := &g.Commands[i]
		started[path.Base(c.Program())] = true
	}
	return started
}

// telemetrySwitches are settings whose name says that they turn reports on.
var telemetrySwitches = &Scan[Telemetry]{
	Name:    "telemetry-switches",
	Version: 2,
	Doc:     "Settings that turn reports of use on or off.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && f.Size > 0 && f.Size <= MaxSettings && HoldsSettings(f.Name)
	},
	Words: switchAnchors,
	Spot: func(f *firmware.File, content []byte, words sights) []Telemetry {
		if !words.Any() || !IsText(content) || kindOfText(f, content, true) == InPage {
			return nil
		}
		var found []Telemetry
		t := Text{File: f, Content: string(content)}
		for l := range t.Lines() {
			if name, on := telemetrySwitch(l.Text); name != "" && len(found) < maxSwitches {
				found = append(found, Telemetry{Sign: SignSwitch, Name: name, On: KnownOf(on), Location: t.At(l)})
			}
		}
		return found
	},
}

const maxSwitches = 50 // of one file

// switchWords are parts of the names of such settings, without "_" and "-".
var (
	switchWords = []string{"telemetry", "analytics", "usagestat", "usage_stat", "usage-stat", "crashreport", "crash_report", "crash-report", "phonehome", "phone_home", "phone-home"}
	offWords    = []string{"optout", "opt_out", "opt-out", "disable", "noanalytics", "no_analytics", "no-analytics", "no_telemetry", "no-telemetry", "donottrack"}
)

// switchAnchors finds those words, as people write them: in small letters, in
// capitals, with one capital, or with one at each word.
var switchAnchors = func() *literals {
	var words []string
	for _, w := range switchWords {
		first := strings.ToUpper(w[:1])
		words = append(words, w, strings.ToUpper(w), first+w[1:])
	}
	return newLiterals(append(words, "usageStat", "UsageStat", "crashReport", "CrashReport", "phoneHome", "PhoneHome"))
}()

// telemetrySwitch reads "telemetry = yes", "option telemetry '1'",
// "\"analytics\": true," and "NO_TELEMETRY=1".
func telemetrySwitch(line string) (name string, on bool) {
	text := strings.TrimSpace(line)
	if len(text) > 256 || text == "" || strings.IndexByte("#;/*<", text[0]) >= 0 {
		return "", false
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t=:'\",;", r) })
	if len(words) > 0 && (words[0] == "option" || words[0] == "export" || words[0] == "set") {
		words = words[1:]
	}
	if len(words) != 2 || !isOn(words[1]) && !isOff(words[1]) {
		return "", false
	}
	key := strings.ToLower(words[0])
	if !holdsAny(key, switchWords) {
		return "", false
	}
	return words[0], isOn(words[1]) != holdsAny(key, offWords)
}
