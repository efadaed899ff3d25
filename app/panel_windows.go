package app

const exeSuffix = ".exe"
