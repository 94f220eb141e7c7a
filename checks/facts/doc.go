// Package facts observes firmware images and judges nothing.
//
// A fact is computed at most once for an image and is safe for concurrent use.
// Facts form a graph: a fact names the facts that it needs, and asking for
// another one is an error, so that documentation, provenance and parallel work
// come free. There are three forms:
//
//   - [Scan] looks at each file once, while the image is read, and collects
//     items. All scans share one pass over the bytes.
//   - [Fact] is derived from other facts.
//   - [Given] is supplied from outside: what was asked of GitHub or the web.
//
// Every item of a fact carries the place where it was seen, put there by the
// reader that saw the bytes. Facts know no product, no scheme and no check.
//
// # Layout
//
// A file's name begins with its fact, and a file holds one idea; a test keeps the
// list.
//
// What all facts stand on:
//
//   - graph: the three forms of a fact, and who may ask for what
//   - search, pattern: one pass over the bytes for the words of all scans
//   - base: the tree of files and its root file systems
//   - texts, sections, unit, uci: text files, and the forms of settings in several
//   - shell: scripts as syntax trees, what they run, and with which words
//   - handed: commands that stand elsewhere: in tables, units, and programs
//   - devicetree: the tree of a board's parts
//   - published: what packages of others are published with, and no device is set by
//   - secret, redact: what must not be told, and leaving it out
//   - seenonce, times: one sighting told once; the time that a fact takes
//
// Who gets in:
//
//   - accounts, passwordwrites, authorizedkeys: accounts, and what opens them
//   - guesses: tries with usual passwords
//   - derivedpasswords: passwords made of what everybody can know
//   - loginlimits: limits on tries
//   - plainsecrets, secretwords, tokens, wifi: secrets in clear
//   - secretfiles, writable, privileges: modes of files
//
// Keys:
//
//   - keys, wellknownkeys: where private and public keys stand, and keys that specifications publish
//   - certificates, trustedkeys, bootkeys: certificates, and keys that the device trusts
//   - identity: keys that the device makes for itself
//
// What runs:
//
//   - boot: what the device starts, and how, by the init systems busybox, SysV, procd,
//     systemd, OpenRC, finit, dinit, upstart, runit, s6-overlay and Android's; services
//     and the kinds of daemons
//   - settings, address: what the settings of daemons say of them
//   - idle: scripts that nothing seen starts
//   - console: prompts beside the device
//   - sshprograms, tls, unverified: how connections are made
//   - programs, hardening: programs, and how they are built
//
// Of what it is made:
//
//   - applets: the programs that are one; the inventory has a room above
//
// Updates:
//
//   - updaters: what updates the device
//   - updategate: whether a script's check of a signature stands before its writing
//
// Data:
//
//   - endpoints, ownpages, telemetry: whom the device talks to
//   - sensors: what it can see and hear
//   - pages: documents from the web
//
// # Rooms below
//
// What knows no fact stands in folders of its own, and a test keeps this list too.
//
// What they are found with:
//
//   - wordsearch: many words in one pass over the bytes
//
// Readers, which get bytes or strings and tell what these say:
//
//   - elf: programs and libraries
//   - hashes: forms of password hashes, and whether a password has one
//   - keys: private and public keys in all forms, and arithmetic that tells weak ones
//   - packages: what package managers and build systems leave in a file system
//   - sqlite3, rpmdb: data bases, and the packages that are installed by one
//
// # Rooms above
//
// Facts that no fact here needs have rooms of their own, which import this package. A
// room takes from here the three forms, [Tree], [Roots], [Texts], [Scripts] and [Boot] with
// what they hold, whose a path and a name are ([IsRoot], [ClassOf], [Within], [HoldsSettings],
// [TellsOfOthers], [NamesAccounts]), and the places of what it saw ([At], [AtLine], [AtSpan],
// [AtSecret], [ContainerPath]). Its patterns and words come from the packages for these. A
// test keeps this list as well.
//
//   - builds: when and where it was built, and what stayed
//   - inventory: what the image is made of
//   - kernel: how the kernel was built, and the boot loader
//   - residue: what persons left in it
//   - signing: what the image is signed with
//   - storages: where data lie, how, and what wipes them
//   - weakkeys: keys that can be broken, among them those that it is signed with
//
// What is brought from elsewhere, for checks to compare with:
//
//   - advisories: known vulnerabilities and ends of support
//   - knownkeys: keys whose private half is public
//   - repository: what GitHub says
//
// Their tests observe with:
//
//   - factstest: small images
package facts
