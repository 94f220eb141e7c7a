schema_version = 1

key "a" {
  public = file("keys/relase.pub") # ERROR: file(): there is no such file
}

key "b" {
  public = file("../release.pub") # ERROR: file(): the path leads out of the product's folder
}

key "c" {
  public = file("/etc/passwd") # ERROR: file(): the path is absolute
}

key "d" {
  public = file("keys") # ERROR: file(): is no regular file
}

key "e" {
  public = "ssh-rsa AAAA" # ERROR: public: the text does not hold a public key
}

product "lamp" {
  name       = env("NAME") # ERROR: there is no function "env"
  models     = [lowr("L1")] # ERROR: there is no function "lowr"
  first_sold = timestamp() # ERROR: there is no function "timestamp"
  category   = join("-", "a") # ERROR: Invalid function argument
}
