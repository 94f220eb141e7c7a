manufacturer "acme" {
  name = "Acme"
}

key "release" {
  public = file("keys/release.pub")
}
