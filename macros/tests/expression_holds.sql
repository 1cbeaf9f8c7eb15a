{# Every row fulfils the expression. An expression that comes out null is not fulfilled: say what null may mean in it. #}
{% test expression_holds(model, expression) %}
    select * from {{ model }} where not coalesce(({{ expression }}), false)
{% endtest %}
