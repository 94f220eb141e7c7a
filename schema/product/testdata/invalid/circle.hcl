schema_version = 1

variable "a" {
  default = "${var.b}-a"
}

variable "b" {
  default = var.c
}

variable "c" {
  default = var.a # ERROR: variables go in a circle: a -> b -> c -> a
}

variable "self" {
  default = var.self # ERROR: variables go in a circle: self -> self
}

variable "bare" {} # ERROR: variable "bare" has no value

variable "list" {
  default = ["a"] # ERROR: the default of variable "list" is a list
}

variable "fine" {
  default = 443
}

product "lamp" {
  name     = var.a
  models   = [var.bare]
  category = var.fine # ERROR: category wants a text, not a number

  firmware "main" {
    version = "${var.verison}-${var.b}" # ERROR: there is no variable "verison"
  }
}
