package facts

// starts follows a program of the image that starts others by its own settings.
func (g *boot) starts(l *launch, name string, args []string) {
	g.supervisor(l, name, args)
	switch name {
	case "systemctl":
		g.systemctl(l, args)
	case "supervisord":
		g.supervisord(l, args)
	case "monit":
		g.monit(l, args)
	case "mdev":
		g.mdev(l)
	case "udevd", "systemd-udevd", "eudev":
		g.udev(l.cmd.Location)
	case "init", "procd", "systemd", "linuxrc", "switch_root", "openrc-init", "runit-init", "s6-linux-init":
		if g.handedTo == "" {
			g.handedTo = name
		}
	}
	g.hookPrograms(l, name, args)
}

// maybe runs f as something that happens only if an event comes.
func (g *boot) maybe(f func()) {
	was := g.doubt
	g.doubt = true
	f()
	g.doubt = was
}
