// Package vectors holds the verifiers of labels against test vectors that
// others made, and the verifier in Go against the one in JavaScript. It has
// tests only: the vectors weigh 100 MB and must not enter a program.
package vectors
