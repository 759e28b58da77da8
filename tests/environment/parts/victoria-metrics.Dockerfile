FROM mambo-test/parts:1
EXPOSE 8428
ENTRYPOINT ["victoria-metrics"]
