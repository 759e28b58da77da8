FROM mambo-test/parts:1
EXPOSE 80
ENTRYPOINT ["ntfy"]
CMD ["serve"]
