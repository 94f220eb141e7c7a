package facts

import (
	"path"
	"slices"
	"strings"
)

// Java and .NET run archives of code that nobody here follows: such a program may wait
// for others and may start anything. Where its settings name the port on which it serves
// pages, that is told.

// isVirtualMachine reports whether a program runs archives of code.
func isVirtualMachine(name string) bool {
	return name == "java" || name == "dotnet" || name == "mono" || name == "mono-sgen"
}

// archiveOf gives what a virtual machine is told to run.
func archiveOf(name string, args []string) (program string, rest []string) {
	switch {
	case name != "java":
		i := freePlace(args, "--config", "--runtimeconfig", "--depsfile", "--fx-version", "--additionalprobingpath")
		if i >= 0 && (args[i] == "exec" || args[i] == "run") {
			return archiveOf(name, args[i+1:])
		}
		if i < 0 {
			return "", nil
		}
		return args[i], args[i+1:]
	case slices.Contains(args, "-jar"):
		if i := slices.Index(args, "-jar"); i+1 < len(args) {
			return args[i+1], args[i+2:]
		}
		return "", nil
	}
	for _, flag := range []string{"-m", "--module"} {
		if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
			return args[i+1], args[i+2:]
		}
	}
	i := freePlace(args, "-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens", "--add-exports", "--add-reads")
	if i < 0 {
		return "", nil
	}
	return args[i], args[i+1:]
}

// javaProgram reads "java -jar FILE", "java -cp FILES CLASS" and the port of Spring Boot.
func javaProgram(g *boot, l *launch, called string) bool {
	program, rest := archiveOf("java", l.words[1:])
	if program == "" {
		return false
	}
	g.unjudge(l.cmd.Location, "java runs "+forPeople(strings.TrimPrefix(program, "/"))+", whose code is not followed")
	set := g.springSettings(l, program)
	for _, a := range append(slices.Clone(l.words[1:]), rest...) {
		key, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(a, "--"), "-D"), "=")
		if strings.HasPrefix(key, "server.") && strings.HasPrefix(a, "-") {
			set[key] = value
		}
	}
	port, ok := portNumber(set["server.port"])
	if !ok {
		return false
	}
	tls := No
	for key := range set {
		if strings.HasPrefix(key, "server.ssl.") {
			tls = Unknown
		}
	}
	if set["server.ssl.key-store"] != "" || set["server.ssl.certificate"] != "" {
		tls = Yes
	}
	if tls == No && !g.isSpring(l, program) {
		tls = Unknown
	}
	g.servesPages(l, "java", called, Listen{Address: anyAddress(set["server.address"]), Port: port, Protocol: "tcp", TLS: tls})
	g.debugger(l, called)
	return true
}

// servesPages notes a server of pages.
func (g *boot) servesPages(l *launch, name, called string, listens ...Listen) {
	m := *l
	m.socket = listens
	for i := range m.socket {
		m.socket[i].Location = l.cmd.Location
	}
	g.add(&m, Service{Name: name, Kind: KindWeb, Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps()})
}

// springSettings are those of Spring Boot: in the archive, and in the folder where it is
// started, which count more.
func (g *boot) springSettings(l *launch, archive string) map[string]string {
	set := map[string]string{}
	take := func(t Text) {
		for _, kv := range parseKeyValues(t) {
			key, value := strings.TrimSuffix(kv.key, "="), strings.TrimSpace(strings.TrimPrefix(kv.value, "="))
			if strings.HasPrefix(key, "server.") {
				set[key] = value
			}
		}
	}
	if f, ok := g.root.Lookup(cleanName(l.abs(archive))); ok {
		for _, t := range g.texts.All() {
			inside, found := strings.CutPrefix(t.File.Path, f.Path+"!")
			if found && strings.TrimPrefix(strings.TrimPrefix(inside, "/"), "BOOT-INF/classes/") == "application.properties" {
				take(t)
			}
		}
	}
	for _, name := range []string{"application.properties", "config/application.properties"} {
		if t, ok := g.texts.Get(g.root, cleanName(l.abs(name))); ok {
			take(t)
		}
	}
	return set
}

// isSpring reports whether an archive is one of Spring Boot.
func (g *boot) isSpring(l *launch, archive string) bool {
	f, ok := g.root.Lookup(cleanName(l.abs(archive)))
	if !ok {
		return false
	}
	for _, t := range g.texts.All() {
		if inside, found := strings.CutPrefix(t.File.Path, f.Path+"!"); found && strings.HasPrefix(strings.TrimPrefix(inside, "/"), "BOOT-INF/") {
			return true
		}
	}
	return false
}

// dotnetProgram reads "dotnet FILE [--urls URLS]" and "mono FILE".
func dotnetProgram(g *boot, l *launch, called string) bool {
	name := path.Base(l.words[0])
	program, rest := archiveOf(name, l.words[1:])
	if program == "" || !strings.HasSuffix(program, ".dll") && !strings.HasSuffix(program, ".exe") && !Unresolved(program) {
		return false
	}
	g.unjudge(l.cmd.Location, name+" runs "+forPeople(strings.TrimPrefix(program, "/"))+", whose code is not followed")
	var listens []Listen
	for u := range strings.SplitSeq(firstOf(flagValues(rest, "--urls"), l.environment()["ASPNETCORE_URLS"].text), ";") {
		scheme, where, ok := strings.Cut(u, "://")
		if address, port := parseAddress(strings.NewReplacer("+", "*").Replace(strings.TrimSuffix(where, "/"))); ok && port != 0 {
			listens = append(listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: KnownOf(scheme == "https")})
		}
	}
	if len(listens) == 0 {
		return false
	}
	g.servesPages(l, name, called, listens...)
	return true
}
