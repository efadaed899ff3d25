package main

// private has nothing to do: files are the user's by the folder they are in.
func private() {}
