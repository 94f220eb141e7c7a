// Package inventory observes what an image is made of: its [Components], with their
// versions, and what may hide more of them ([UnnamedArchives], [UnreadDatabases]).
//
// What names a component, surest first:
//
//   - packages: databases of packages, and manifests of build systems
//   - java: archives of Java, and its runtimes
//   - systems: what a root file system says that it is
//   - builders: what Go, cargo, the kernel's build and kits of chips leave in a program
//   - banners: versions that programs and libraries print, or have in the names of their files
//
// The file components merges what was seen several times, and projects says by which
// names of packages a project goes: the package libssl3 is of openssl.
package inventory
