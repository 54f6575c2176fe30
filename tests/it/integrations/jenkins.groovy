// Calls the step of the shared library as a Jenkinsfile does: `withEnv`, `sh` and `error` do what Jenkins's steps do.
//
//   groovy jenkins.groovy diffpurge.groovy "[command: 'plan']"
def step = new GroovyShell().parse(new File(args[0]))
def environment = [:]
step.metaClass.withEnv = { List pairs, Closure body ->
    pairs.each { pair -> environment[pair.split('=', 2)[0]] = pair.split('=', 2)[1] }
    body()
}
step.metaClass.sh = { Map given ->
    def shell = new ProcessBuilder('sh', '-xe', '-c', given.script).inheritIO()
    shell.environment().putAll(environment)
    def code = shell.start().waitFor()
    if (code) { System.exit(code) }
}
step.metaClass.error = { String message ->
    System.err.println(message)
    System.exit(1)
}
step.call(Eval.me(args[1]))
