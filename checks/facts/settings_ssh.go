package facts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
)

// SSHServer is how a started SSH server lets people in.
type SSHServer struct {
	Service        string           `json:"service"` // dropbear or sshd
	Root           string           `json:"root"`
	Program        string           `json:"program"`
	Certain        bool             `json:"certain"`
	Reachable      bool             `json:"reachable"`
	Password       Known            `json:"password"`              // anyone may log in by password
	RootPassword   Known            `json:"root_password"`         // root may
	EmptyPassword  Known            `json:"empty_password"`        // an empty one will do
	PasswordAt     []assay.Location `json:"password_at,omitempty"` // what says so for passwords
	RootPasswordAt []assay.Location `json:"root_password_at,omitempty"`
	EmptyAt        []assay.Location `json:"empty_at,omitempty"`
	Algorithms     []SSHAlgorithm   `json:"algorithms,omitempty"`    // as set up
	Protocol1At    []assay.Location `json:"protocol_1_at,omitempty"` // what asks for version 1 of the protocol
	Unread         string           `json:"unread,omitempty"`        // the settings that it is given and that the image does not have
	Places         []assay.Location `json:"places"`
}

// SSHAlgorithm is an algorithm that the settings offer.
type SSHAlgorithm struct {
	Name     string         `json:"name"`
	Location assay.Location `json:"location"`
}

// settleDropbear reads dropbear's arguments; the settings in /etc/config stand
// in the arguments already.
func settleDropbear(g *boot, s *Service) {
	for _, v := range flagValues(s.Args, "-p") {
		address, port := parseAddress(v)
		if port != 0 {
			s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: Yes, Location: s.Places[0]})
		}
	}
	g.settlePort(s, Yes)
	server := SSHServer{
		Service: s.Name, Root: s.Root, Program: s.Program, Certain: s.Certain,
		Password:      KnownOf(!dropbearFlag(s.Args, 's')),
		EmptyPassword: KnownOf(dropbearFlag(s.Args, 'B') && !dropbearFlag(s.Args, 's')),
	}
	server.RootPassword = KnownOf(server.Password == Yes && !dropbearFlag(s.Args, 'g') && !dropbearFlag(s.Args, 'w'))
	places := s.Places
	if t, ok := g.texts.Get(g.root, "etc/config/dropbear"); ok {
		if at := dropbearOptions(t); len(at) > 0 {
			places = append(slices.Clone(at), places...)
			s.Places = append(s.Places, at...)
		}
	}
	server.PasswordAt, server.RootPasswordAt, server.EmptyAt = places, places, places
	server.Places = s.Places
	g.ssh = append(g.ssh, sshIndex{s.Name, server})
}

// sshIndex keeps a server until its service is settled.
type sshIndex struct {
	name   string
	server SSHServer
}

// dropbearOptions are the lines that let passwords in.
func dropbearOptions(t Text) []assay.Location {
	var at []assay.Location
	for _, s := range parseUCI(t) {
		if s.Type != "dropbear" {
			continue
		}
		for _, o := range s.Options {
			if o.Name == "PasswordAuth" || o.Name == "RootPasswordAuth" || o.Name == "RootLogin" {
				at = append(at, t.At(o.Line))
			}
		}
		if len(at) == 0 {
			at = append(at, t.At(s.Line))
		}
	}
	return at
}

// dropbearFlag finds a flag among groups of short flags; flags with a value
// take the rest of their word, or the next one.
func dropbearFlag(args []string, flag byte) bool {
	const valued = "bprdPWKIcGTD"
	for i := 0; i < len(args); i++ {
		a := args[i]
		if len(a) < 2 || a[0] != '-' {
			continue
		}
		for j := 1; j < len(a); j++ {
			if a[j] == flag {
				return true
			}
			if strings.IndexByte(valued, a[j]) >= 0 {
				if j == len(a)-1 {
					i++
				}
				break
			}
		}
	}
	return false
}

// sshdSetting is a keyword of sshd_config and what it applies to.
type sshdSetting struct {
	key, value string
	match      string // empty for everyone
	at         assay.Location
}

// parseSSHD reads sshd_config(5): the first value of a keyword counts, Include
// takes files in at its place, Match narrows what follows.
func (g *boot) parseSSHD(t Text, match string, left *int) []sshdSetting {
	var all []sshdSetting
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if s == "" || s[0] == '#' {
			continue
		}
		key, value := s, ""
		if i := strings.IndexAny(s, " \t="); i > 0 {
			key, value = s[:i], strings.Trim(strings.TrimSpace(strings.TrimLeft(s[i:], " \t=")), `"`)
		}
		switch strings.ToLower(key) {
		case "match":
			if match = value; strings.EqualFold(value, "all") {
				match = ""
			}
		case "include":
			for _, pattern := range strings.Fields(value) {
				if !strings.HasPrefix(pattern, "/") {
					pattern = "/etc/ssh/" + pattern
				}
				all = append(all, sshdSetting{"include", pattern, match, t.At(line)})
				for _, name := range g.glob(pattern) {
					if *left--; *left < 0 {
						return all
					}
					if inc, ok := g.texts.Get(g.root, name); ok {
						all = append(all, g.parseSSHD(inc, match, left)...)
					}
				}
			}
		default:
			all = append(all, sshdSetting{strings.ToLower(key), value, match, t.At(line)})
		}
	}
	return all
}

// sshdValue gives the first value of a keyword for everyone.
func sshdValue(all []sshdSetting, key string) (sshdSetting, bool) {
	for _, s := range all {
		if s.key == key && s.match == "" {
			return s, true
		}
	}
	return sshdSetting{}, false
}

// settleSSHD reads sshd_config and the -o arguments, which come before it.
func settleSSHD(g *boot, s *Service) {
	var all []sshdSetting
	for _, o := range flagValues(s.Args, "-o") {
		if k, v, ok := strings.Cut(o, "="); ok {
			all = append(all, sshdSetting{key: strings.ToLower(k), value: v, at: s.Places[0]})
		}
	}
	left := maxInclude
	if t, ok := g.settingsOf(s, flagValues(s.Args, "-f"), "etc/ssh/sshd_config"); ok {
		all = append(all, g.parseSSHD(t, "", &left)...)
		s.Places = append(s.Places, At(t.File))
	}
	for _, v := range all {
		if v.key == "include" {
			g.takesIn(s, v.value)
		}
	}
	g.sshdListens(s, all)
	server := SSHServer{Service: s.Name, Root: s.Root, Program: s.Program, Certain: s.Certain, Unread: s.Unread}
	password, said := sshdValue(all, "passwordauthentication")
	server.Password = KnownOf(!said || !strings.EqualFold(password.value, "no"))
	if !said && s.Unread != "" {
		server.Password = Unknown
	}
	server.PasswordAt = placesOr(said, password.at, s.Places)
	root, said := sshdValue(all, "permitrootlogin")
	server.RootPassword = server.ifKnown(said, strings.EqualFold(root.value, "yes"))
	server.RootPasswordAt = placesOr(said, root.at, s.Places)
	empty, said := sshdValue(all, "permitemptypasswords")
	server.EmptyPassword = server.ifKnown(said, strings.EqualFold(empty.value, "yes"))
	server.EmptyAt = placesOr(said, empty.at, s.Places)
	server.matches(all)
	server.Protocol1At = protocol1(all)
	server.Algorithms = sshdAlgorithms(all)
	server.Places = s.Places
	g.ssh = append(g.ssh, sshIndex{s.Name, server})
}

// ifKnown is what a keyword allows to those who come by password: nothing by default,
// and not known where the settings are not.
func (s *SSHServer) ifKnown(said, allows bool) Known {
	if s.Unread != "" && s.Password != No && (!said || s.Password == Unknown && allows) {
		return Unknown
	}
	return KnownOf(s.Password == Yes && said && allows)
}

func placesOr(said bool, at assay.Location, otherwise []assay.Location) []assay.Location {
	if said {
		return []assay.Location{at}
	}
	return otherwise
}

func (g *boot) sshdListens(s *Service, all []sshdSetting) {
	if len(s.Listens) == 0 {
		ports := flagValues(s.Args, "-p")
		for _, v := range all {
			if v.key == "port" && v.match == "" && len(flagValues(s.Args, "-p")) == 0 {
				ports = append(ports, v.value)
			}
		}
		if len(ports) == 0 {
			ports = []string{"22"}
		}
		for _, p := range ports {
			n, _ := strconv.Atoi(p)
			s.Listens = append(s.Listens, sshdAddresses(all, n, s.Places[0])...)
		}
	}
	for i := range s.Listens {
		s.Listens[i].TLS = Yes
	}
}

func sshdAddresses(all []sshdSetting, port int, at assay.Location) []Listen {
	var out []Listen
	for _, v := range all {
		if v.key == "listenaddress" {
			address, p := parseAddress(v.value)
			if p == 0 {
				p = port
			}
			out = append(out, Listen{Address: address, Port: p, Protocol: "tcp", Location: v.at})
		}
	}
	if out == nil {
		out = []Listen{{Port: port, Protocol: "tcp", Location: at}}
	}
	return out
}

// sshdAlgorithms lists what the settings offer: names as they stand, and those
// that + or ^ add. What - removes is not offered.
func sshdAlgorithms(all []sshdSetting) []SSHAlgorithm {
	var out []SSHAlgorithm
	for _, key := range []string{"kexalgorithms", "ciphers", "macs", "hostkeyalgorithms", "pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes"} {
		s, ok := sshdValue(all, key)
		if !ok || strings.HasPrefix(s.value, "-") {
			continue
		}
		for _, name := range strings.Split(strings.TrimLeft(s.value, "+^"), ",") {
			out = append(out, SSHAlgorithm{strings.TrimSpace(name), s.at})
		}
	}
	return out
}

// sshServers puts the settings together with where their services wait. A program
// that is started a thousand times is a thousand servers: each keeps its own places.
func (g *boot) sshServers() []SSHServer {
	type program struct{ name, path string }
	reachable := map[program]bool{}
	if len(g.ssh) > 0 {
		for _, v := range g.services {
			if v.Reachable() {
				reachable[program{v.Name, v.Program}] = true
			}
		}
	}
	var out []SSHServer
	for _, x := range g.ssh {
		s := x.server
		s.Reachable = reachable[program{x.name, s.Program}]
		s.Places = uniquePlaces(s.Places)
		out = append(out, s)
	}
	return out
}

// SSHServers are the SSH servers that the image starts.
var SSHServers = &Fact[[]SSHServer]{
	Name:    "ssh-servers",
	Version: 4,
	Doc:     "How the SSH servers that are started let people in.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]SSHServer, error) {
		g, err := Boot.Of(o)
		return g.SSH, err
	},
}
